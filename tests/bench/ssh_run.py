"""Running a contender, and what that took of this machine: all of it, whatever it left running for a while."""

import ctypes
import json
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import frozen

_PR_SET_CHILD_SUBREAPER = 36
_LIMIT = 300.0
_LEAVING = 5.0


@frozen
class Cost:
    """What a run took.

    Attributes:
        seconds: from before the first connection to the last result.
        processor: processor seconds, user and system, of everything it started, without what starting it took.
        memory: MiB, all processes together at their peak, each shared page counted once; 0 when it was not watched.
    """

    seconds: float
    processor: float
    memory: float = 0.0


def adopt() -> None:
    """Have orphans of what is run here handed to this process, so that none goes uncounted."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(argv: Sequence[str], *, log: Path, watch: bool = False) -> Cost:
    """Run a contender to its end, and end what it leaves behind.

    Args:
        argv: how it is started; its last line of output is what it reports.
        log: file for what it says beside that.
        watch: whether memory is watched, which takes time.

    Raises:
        RuntimeError: it failed.
    """
    others = set(_children())
    before = _spent()
    with log.open("w") as errors:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors)
    with process, _watching(others, watch) as peak:
        try:
            output, _ = process.communicate(timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            output = b""
    _end(set(_children()) - others)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: status {process.returncode}: {log.read_text()[-2000:]}")
    said = json.loads(output.splitlines()[-1])
    return Cost(said["seconds"], _spent() - before - said["started"], peak[0])


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end(orphans: Iterable[int]) -> None:
    """Wait for what a contender left: masters that are told to end do so by themselves; Ansible's are told here."""
    deadline = time.monotonic() + _LEAVING
    left = set(orphans)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while left and time.monotonic() < deadline:
        left -= {pid for pid in left if os.waitpid(pid, os.WNOHANG)[0]}
        time.sleep(0.005)


@contextmanager
def _watching(others: set[int], watch: bool) -> Iterator[list[float]]:
    """Gives a list of one number: the peak of the memory of this process's children, all but some others."""
    peak = [0.0]
    ended = threading.Event()

    def sample() -> None:
        while watch and not ended.wait(0.02):
            peak[0] = max(peak[0], sum(_mebibytes(member) for member in _descendants(others)))

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _mebibytes(pid: int) -> float:
    """A process's share of memory (PSS)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _parents() -> dict[int, int]:
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                found[int(entry.name)] = int(Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1])
    return found


def _children() -> list[int]:
    return [pid for pid, parent in _parents().items() if parent == os.getpid()]


def _descendants(others: set[int]) -> set[int]:
    """The processes that came out of this one and not out of others; orphans have been handed to this one."""
    parents = _parents()
    family = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in family} - family - others:
        family |= more
    return family - {os.getpid()}
