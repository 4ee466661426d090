"""Ending every process of some machines: those that carry a machine's mark, and what came out of them."""

import os
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import frozen

MARK: Final = "SERAI_INSTANCE"
"""Variable in the environment of everything that runs on a machine; its value is the machine's id."""

_GRACE: Final = 5.0
_LIMIT: Final = 15.0
_INTERVAL: Final = 0.05
_ENDED: Final = frozenset("ZX")


@frozen
class Process:
    """One line of the process table.

    Attributes:
        pid: its number.
        parent: its parent's.
        session: its session's.
        start: when it started, in clock ticks since boot.
    """

    pid: int
    parent: int
    session: int
    start: int


Table = Mapping[int, Process]


def end_processes(machine_ids: Collection[str], prefixes: Collection[Path]) -> list[int]:
    """End all processes of some machines: TERM, and after some seconds KILL.

    Args:
        machine_ids: the machines.
        prefixes: their directories, where the records of their services are.

    Returns:
        The processes that are left all the same.
    """
    began = time.monotonic()
    marks = frozenset(f"{MARK}={machine_id}".encode() for machine_id in machine_ids)
    found: frozenset[Process] = frozenset()
    asked: set[int] = set()
    # In several rounds: whoever loses its parent in one must still be known in the next.
    while found := _members(marks, prefixes, found):
        members = {process.pid for process in found}
        waited = time.monotonic() - began
        if waited > _LIMIT:
            return sorted(members)
        _signal(members - asked, signal.SIGTERM, signal.SIGCONT)
        asked |= members
        if waited > _GRACE:
            _signal(members, signal.SIGKILL)
        time.sleep(_INTERVAL)
    return []


def _members(marks: frozenset[bytes], prefixes: Collection[Path], known: frozenset[Process]) -> frozenset[Process]:
    table = {process.pid: process for process in _processes()}
    seeds = {pid for pid in table if marks & _environment(pid)}
    seeds |= {pid for pid, start in _recorded(prefixes) if pid in table and table[pid].start == start}
    seeds |= {old.pid for old in known if old.pid in table and table[old.pid].start == old.start}
    members = family(seeds, table, _lineage(os.getpid(), table))
    return frozenset(table[pid] for pid in members)


def family(seeds: Collection[int], table: Table, spared: Collection[int]) -> frozenset[int]:
    """Some processes, the sessions they lead, and all descendants; those spared, and what comes of them, excepted."""
    found = set(seeds) - set(spared)
    grown = True
    while grown:
        more = {
            process.pid
            for process in table.values()
            if (process.parent in found or process.session in found) and process.pid not in spared
        }
        grown = not more <= found
        found |= more
    return frozenset(found)


def parse_stat(text: str) -> Process | None:
    """Read ``/proc/<pid>/stat``; None for a process that has ended and only waits to be reaped."""
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    if fields[0] in _ENDED:
        return None
    return Process(int(head.split(maxsplit=1)[0]), int(fields[1]), int(fields[3]), int(fields[19]))


def _processes() -> Iterator[Process]:
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                process = parse_stat(Path(entry.path, "stat").read_text(errors="replace"))
                if process is not None:
                    yield process


def _environment(pid: int) -> frozenset[bytes]:
    # Another user's process shows nothing; it is not one of ours either.
    with suppress(OSError):
        return frozenset(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    return frozenset()


def _recorded(prefixes: Collection[Path]) -> Iterator[tuple[int, int]]:
    """Services by the records of the engine's supervisor: for those that have overwritten their environment."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        for prefix in prefixes:
            for record in prefix.glob("run/services/*/record"):
                values = dict(line.partition("=")[::2] for line in record.read_text().splitlines())
                if values.get("boot") == boot:
                    yield int(values["pid"]), int(values["start"])


def _lineage(pid: int, table: Table) -> frozenset[int]:
    """This process and its ancestors: whoever removes a machine from inside it must live to see it removed."""
    found: set[int] = set()
    while pid in table and pid not in found:
        found.add(pid)
        pid = table[pid].parent
    return frozenset(found)


def _signal(pids: Collection[int], *signals: signal.Signals) -> None:
    for pid in pids:
        for number in signals:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
