"""Holding a directory, against other threads and processes. It ends with its holder, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from serai.hookspec.errors import DeadlineExceeded

_INTERVAL: Final = 0.02


@contextmanager
def held(directory: Path, *, timeout: float) -> Iterator[None]:
    """Hold a directory that exists.

    Raises:
        DeadlineExceeded: it was not free in time.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    deadline = time.monotonic() + timeout
    try:
        while not _acquired(descriptor):
            if time.monotonic() >= deadline:
                raise DeadlineExceeded(
                    f"{directory} was not free within {timeout:g} s", hint="see which process holds it"
                )
            time.sleep(_INTERVAL)
        yield
    finally:
        os.close(descriptor)


def _acquired(descriptor: int) -> bool:
    try:
        # Not lockf: its locks belong to the process, so that threads would not exclude each other.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
