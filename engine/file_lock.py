"""A lock on a file, between threads and processes of one machine. It ends with its holder, however that ends."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from serai.hookspec.errors import DeadlineExceeded

_INTERVAL = 0.1


@contextmanager
def locked(path: Path, *, timeout: float, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a lock.

    Args:
        path: the file; made where it is missing, and left.
        timeout: seconds to wait for whoever holds it.
        waiting: called once when it is held by someone else.

    Raises:
        DeadlineExceeded: it was not free in time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not _acquired(descriptor):
            waiting()
            _wait(descriptor, path, timeout)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not _acquired(descriptor):
        if time.monotonic() >= deadline:
            raise DeadlineExceeded(
                f"{path} was not free within {timeout:g} s", place=str(path), hint="see which process holds it"
            )
        time.sleep(_INTERVAL)


def _acquired(descriptor: int) -> bool:
    try:
        # Not lockf: its locks belong to the process, so that threads would not exclude each other.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
