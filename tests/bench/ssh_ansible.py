"""Ansible through the Python API that its command line uses, at its fastest.

``strategy: free``, pipelining, one connection a host kept open, a fork for each host, no facts gathered, ``raw`` where
no module is needed. A play on this machine comes first, unmeasured, so that what Ansible imports when it is first used
counts as imports, as far as that is possible here: its workers are forks of this process and import nothing twice, but
each builds and starts a module on the host. Its masters are left running; the harness ends them.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ssh_task import COMMANDS, ECHO, LINES, OUTPUT, Task, check, report

task = Task.read(sys.argv[1])
SETTINGS = {
    "ANSIBLE_HOME": f"{task.scratch}/home",
    "ANSIBLE_LOCAL_TEMP": f"{task.scratch}/temporary",
    "ANSIBLE_PIPELINING": "true",
    "ANSIBLE_SSH_CONTROL_PATH_DIR": task.scratch,
    "ANSIBLE_SSH_CONTROL_PATH": "%(directory)s/%%C",
    "ANSIBLE_SSH_ARGS": f"-F {task.ssh_config} -o ControlMaster=auto -o ControlPersist=60s"
    f" -o UserKnownHostsFile={task.known_hosts} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes",
    "ANSIBLE_DEPRECATION_WARNINGS": "false",
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
}
os.environ.update(SETTINGS)

# ruff: noqa: E402 - it reads its settings when it is imported
from ansible.cli.playbook import PlaybookCLI
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.vars.manager import VariableManager


class Results(CallbackBase):
    """Keeps what each host answered."""

    CALLBACK_NAME = "results"

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[dict[str, Any]] = []
        self.failures: list[dict[str, Any]] = []

    def v2_runner_on_ok(self, result: Any) -> None:
        self.answers.append(result.result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self.failures.append(result.result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self.failures.append(result.result)


def play(inventory: str, strategy: str, tasks: list[dict[str, Any]], forks: int) -> list[dict[str, Any]]:
    """Run tasks on all hosts of an inventory; what they answered."""
    loader = DataLoader()
    hosts = InventoryManager(loader=loader, sources=inventory)
    variables = VariableManager(loader=loader, inventory=hosts)
    source = {"name": "bench", "hosts": "all", "gather_facts": "no", "strategy": strategy, "tasks": tasks}
    results = Results()
    results._init_callback_methods()
    queue = TaskQueueManager(hosts, variables, loader, passwords={}, forks=forks)
    queue._callback_plugins = [results]
    queue.run(Play().load(source, variable_manager=variables, loader=loader))
    queue.cleanup()
    check(not results.failures, f"{results.failures}")
    return results.answers


def lines(answer: dict[str, Any]) -> int:
    return len(answer["stdout_lines"])


def commands() -> list[dict[str, Any]]:
    return [{"raw": f"{ECHO} {number}"} for number in range(COMMANDS)]


def copy(source: str, destination: str) -> list[dict[str, Any]]:
    return [{"copy": {"src": source, "dest": destination, "mode": "0644", "directory_mode": "0755"}}]


JOBS: dict[str, tuple[Callable[[], list[dict[str, Any]]], Callable[[dict[str, Any]], bool]]] = {
    "commands": (commands, lambda answer: lines(answer) == 1),
    "output": (lambda: [{"raw": " ".join(OUTPUT)}], lambda answer: lines(answer) == LINES),
    "files-first": (lambda: copy(f"{task.config}/", f"{task.remote}/conf/"), lambda answer: answer["changed"]),
    "files-again": (lambda: copy(f"{task.config}/", f"{task.remote}/conf/"), lambda answer: not answer["changed"]),
    "upload": (lambda: copy(task.blob, f"{task.remote}/blob"), lambda answer: answer["changed"]),
}
"""The tasks of each job, and what each answer must be."""


def main() -> None:
    """Do the task of this process."""
    forks = len(task.targets)
    PlaybookCLI(["ansible-playbook", "--private-key", task.identity_file, "--forks", str(forks), "none"]).parse()
    init_plugin_loader()
    blank = Path(task.scratch, "blank")
    blank.write_text("x")
    here = Path(task.scratch, "here")
    here.write_text("here ansible_connection=local\n")
    play(str(here), "free", [{"raw": "true"}, *copy(str(blank), f"{blank}.copy")], 1)

    inventory = Path(task.scratch, "inventory")
    inventory.write_text(
        "".join(f"{target.address} ansible_user={target.user} ansible_port={target.port}\n" for target in task.targets)
    )

    def work(task: Task) -> None:
        tasks, right = JOBS[task.job]
        answers = play(str(inventory), "free", tasks(), forks)
        check(len(answers) == len(tasks()) * forks and all(map(right, answers)), "what was asked")

    report(work, lambda: None)


if __name__ == "__main__":
    main()
