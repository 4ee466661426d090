"""Which process runs an operation, and whether it still lives."""

import os
import platform
from pathlib import Path
from typing import Final

_ENDED: Final = frozenset("ZX")


def this_process() -> str:
    """``host:pid:start``: names this process for ever, since a reused pid has another start time."""
    pid = os.getpid()
    return f"{platform.node()}:{pid}:{_start_time(pid)}"


def may_be_alive(owner: str) -> bool:
    """Whether the process that ``this_process`` named may still run.

    A process of another host cannot be seen from here, and counts as alive.
    """
    _, _, process = owner.partition(":")
    pid, _, start = process.partition(":")
    if not is_of_this_host(owner) or not pid.isdecimal():
        return bool(owner)
    return bool(start) and _start_time(int(pid)) == start


def is_of_this_host(owner: str) -> bool:
    """Whether an owner is a process of the host this one runs on."""
    return owner.partition(":")[0] == platform.node()


def _start_time(pid: int) -> str:
    """Field 22 of /proc/<pid>/stat; ``""`` when there is no such process, or it only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in _ENDED else fields[19]
