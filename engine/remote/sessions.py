"""Processes of this machine: waiting for one without polling, and ending a session with all that came out of it."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from attrs import frozen

_GONE = frozenset("ZX")


@frozen
class Process:
    """One line of the process table."""

    pid: int
    parent: int
    session: int


class Child(Protocol):
    """The part of a Popen that is needed to wait for it."""

    pid: int
    returncode: int | None

    def wait(self, timeout: float | None = None) -> int: ...


def parse_stat(pid: int, text: str) -> Process | None:
    """Read ``/proc/<pid>/stat``; None for a process that has ended and only waits to be reaped."""
    state, parent, _, session = text[text.rindex(")") + 1 :].split()[:4]
    return None if state in _GONE else Process(pid, int(parent), int(session))


def process_table() -> Iterator[Process]:
    """The processes that are alive now."""
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                process = parse_stat(int(entry.name), Path(entry.path, "stat").read_text(errors="replace"))
                if process is not None:
                    yield process


def kindred(session: int, processes: Iterable[Process]) -> frozenset[int]:
    """The processes of a session and their descendants, in whatever session those are."""
    table = list(processes)
    found = {process.pid for process in table if process.session == session}
    grown = True
    while grown:
        more = {process.pid for process in table if process.parent in found} - found
        grown = bool(more)
        found |= more
    return frozenset(found)


def kill(pids: Iterable[int]) -> None:
    """Kill processes, as far as that is allowed."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def kill_session(leader: int, *, seconds: float = 5.0, kill: Callable[[Iterable[int]], None] = kill) -> None:
    """Kill a session and what came out of it, until nothing of it is left or the seconds are over.

    The leader must not have been reaped yet, so that its number cannot have been given away.
    """
    deadline = time.monotonic() + seconds
    while (members := kindred(leader, process_table())) and time.monotonic() < deadline:
        kill(members)
        time.sleep(0.005)


def wait(child: Child, seconds: float) -> bool:
    """Wait for a child process; False when the time is up and it still runs."""
    try:
        descriptor = os.pidfd_open(child.pid)
    except (AttributeError, OSError):
        return _wait_by_polling(child, seconds)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        ended = bool(poll.poll(max(0.0, seconds) * 1000))
    finally:
        os.close(descriptor)
    if ended:
        child.wait()
    return ended


def _wait_by_polling(child: Child, seconds: float) -> bool:
    """For kernels without pidfd (before 5.3)."""
    from subprocess import TimeoutExpired

    try:
        child.wait(max(0.0, seconds))
    except TimeoutExpired:
        return False
    return True
