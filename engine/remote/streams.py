"""The two streams of a command that its caller brings: standard input, and a file for standard output."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def input_descriptor(stdin: bytes | IO[bytes] | None) -> Iterator[int]:
    """What a process can be started with: nothing, bytes, or a file or pipe as it is."""
    if stdin is None:
        with open(os.devnull, "rb") as nothing:
            yield nothing.fileno()
    elif isinstance(stdin, bytes):
        # In memory, since what goes this way may be a secret.
        with open(os.memfd_create("stdin"), "w+b") as file:
            file.write(stdin)
            file.seek(0)
            yield file.fileno()
    else:
        yield stdin.fileno()


class Rewind:
    """Remembers where the streams of a command are, so that it can be run once more from there.

    Args:
        stdin: descriptor of its standard input.
        stdout: takes its standard output; None when it goes nowhere else.
    """

    def __init__(self, stdin: int, stdout: IO[bytes] | None) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._read = _place(stdin)
        self._written = 0 if stdout is None else _place(stdout.fileno())

    def __call__(self) -> bool:
        """Go back; False when that cannot be, since what went through a pipe is gone."""
        if self._read is None or self._written is None:
            return False
        os.lseek(self._stdin, self._read, os.SEEK_SET)
        if self._stdout is not None:
            os.lseek(self._stdout.fileno(), self._written, os.SEEK_SET)
            os.ftruncate(self._stdout.fileno(), self._written)
        return True


def _place(descriptor: int) -> int | None:
    try:
        return os.lseek(descriptor, 0, os.SEEK_CUR)
    except OSError:
        return None
