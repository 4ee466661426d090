"""Which engine acts for an operation, and whether it is known to act no more."""

import itertools
import os
import platform
from pathlib import Path
from typing import Final

from serai.engine.store.clocks import boot

_ENDED: Final = frozenset("ZX")
_numbers: Final = itertools.count(1)


def new_engine() -> str:
    """``host:pid:start:view:number``: names an engine of this process for ever.

    A reused pid has another start time, and ``view`` tells from where that pid means anything: the boot of the machine
    and the pid namespace. Two containers may have one host name, or one machine two.
    """
    pid = os.getpid()
    return f"{platform.node()}:{pid}:{_start_time(pid)}:{_view()}:{next(_numbers)}"


def is_gone(engine: str) -> bool:
    """Whether the process of an engine is known to have ended: seen from here, and not there any more.

    One that cannot be seen from here may live; its leases run out when it does not.
    """
    _, pid, start, view, _ = engine.split(":") if engine.count(":") == 4 else ("", "", "", "", "")
    return view == _view() and _start_time(int(pid)) != start


def _view() -> str:
    return f"{boot()[:8]}-{Path('/proc/self/ns/pid').stat().st_ino}"


def _start_time(pid: int) -> str:
    """Field 22 of /proc/<pid>/stat; ``""`` when there is no such process, or it only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in _ENDED else fields[19]
