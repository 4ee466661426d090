"""pyinfra through its API: commands past its operations, which is faster; files by operations, which is its way.

Operations are prepared for all hosts at once, as its command line does and its ``add_op`` alone does not, and no host
waits for another (``no_wait``). What it writes it compares before, by SHA-1, and not after.
"""

from gevent import monkey

monkey.patch_all()

# ruff: noqa: E402 - gevent wants to be first
from collections.abc import Callable

import gevent
import pyinfra.connectors.ssh  # what it would import while it is measured
import pyinfra.facts.files
import pyinfra.facts.server  # noqa: F401
from pyinfra.api import Config, Host, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.context import ctx_state
from pyinfra.operations import files as operations
from ssh_task import COMMANDS, ECHO, LINES, OUTPUT, Task, check, report

state = State()


def on_all(function: Callable[[Host], None]) -> None:
    gevent.joinall([gevent.spawn(function, host) for host in state.inventory], raise_error=True)


def operate(operation: Callable[..., object], *, changes: bool, **arguments: object) -> None:
    with ctx_state.use(state):
        on_all(lambda host: add_op(state, operation, host=host, **arguments) and None)
    run_ops(state, no_wait=True)
    for host in state.inventory:
        results = state.get_results_for_host(host)
        check(results.error_ops == 0 and bool(results.success_ops), "an operation")
        changed = any(data.operation_meta.did_change() for data in state.ops[host].values())
        check(changed is changes, "what differed, and no more")


def commands(task: Task) -> None:
    def work(host: Host) -> None:
        for number in range(COMMANDS):
            succeeded, said = host.run_shell_command(f"{ECHO} {number}")
            check(succeeded and said.stdout == str(number), "a command")

    on_all(work)


def output(task: Task) -> None:
    def work(host: Host) -> None:
        succeeded, said = host.run_shell_command(" ".join(OUTPUT))
        check(succeeded and len(said.stdout_lines) == LINES, "a command with output")

    on_all(work)


def files(task: Task, *, changes: bool) -> None:
    operate(operations.sync, changes=changes, src=task.config, dest=f"{task.remote}/conf", mode="644", dir_mode="755")


def upload(task: Task) -> None:
    operate(operations.put, changes=True, src=task.blob, dest=f"{task.remote}/blob", mode="644")


JOBS: dict[str, Callable[[Task], None]] = {
    "commands": commands,
    "output": output,
    "files-first": lambda task: files(task, changes=True),
    "files-again": lambda task: files(task, changes=False),
    "upload": upload,
}


def inventory(task: Task) -> Inventory:
    """The hosts; their keys are pinned."""
    shared = {
        "ssh_key": task.identity_file,
        "ssh_known_hosts_file": task.known_hosts,
        "ssh_strict_host_key_checking": "yes",
        "ssh_config_file": "/dev/null",
        "ssh_allow_agent": False,
        "ssh_look_for_keys": False,
    }
    hosts = [(target.address, {"ssh_user": target.user, "ssh_port": target.port}) for target in task.targets]
    return Inventory((hosts, shared))


def main() -> None:
    """Do the task of this process."""

    def work(task: Task) -> None:
        state.init(inventory(task), Config(PARALLEL=len(task.targets)))
        connect_all(state)
        JOBS[task.job](task)

    report(work, lambda: disconnect_all(state))


if __name__ == "__main__":
    main()
