"""Serai: a Remote of a Pool for each host, as a plugin has it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plumbum.machines.local  # noqa: F401 - what the engine imports when it is first used
from ssh_task import COMMANDS, ECHO, LINES, OUTPUT, Target, Task, check, report

from serai.engine.remote.pool import Pool
from serai.hookspec.remote import Remote, SshEndpoint


def commands(remote: Remote, task: Task) -> None:
    for number in range(COMMANDS):
        check(remote.run(ECHO, str(number)).stdout == f"{number}\n", "a command")


def output(remote: Remote, task: Task) -> None:
    check(remote.run(*OUTPUT).stdout.count("\n") == LINES, "a command with output")


def files_first(remote: Remote, task: Task) -> None:
    files = {f"{task.remote}/conf/{name}": content for name, content in task.files.items()}
    check(remote.put(files) == set(files), "files")


def files_again(remote: Remote, task: Task) -> None:
    files = {f"{task.remote}/conf/{name}": content for name, content in task.files.items()}
    check(not remote.put(files), "files are there")


def upload(remote: Remote, task: Task) -> None:
    check(remote.upload(Path(task.blob), f"{task.remote}/blob"), "an upload")


JOBS: dict[str, Callable[[Remote, Task], None]] = {
    "commands": commands,
    "output": output,
    "files-first": files_first,
    "files-again": files_again,
    "upload": upload,
}


def endpoint(target: Target, task: Task) -> SshEndpoint:
    """How the host is reached; its key is pinned."""
    lines = [line.split(" ", 1) for line in Path(task.known_hosts).read_text().splitlines()]
    return SshEndpoint(
        host=target.name,
        address=target.address,
        prefix=task.remote,
        user=target.user,
        port=target.port,
        identity_file=task.identity_file,
        config_file=task.ssh_config,
        host_keys=[key for address, key in lines if address == target.address],
    )


def main() -> None:
    """Do the task of this process."""
    pool = Pool()

    def work(task: Task) -> None:
        job = JOBS[task.job]
        with ThreadPoolExecutor(len(task.targets)) as threads:
            list(threads.map(lambda target: job(pool.get(endpoint(target, task)), task), task.targets))

    report(work, pool.close)


if __name__ == "__main__":
    main()
