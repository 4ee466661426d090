"""Standard input for a command, as something with a file descriptor."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL
from typing import IO


@contextmanager
def input_file(stdin: bytes | IO[bytes] | None) -> Iterator[int | IO[bytes]]:
    """What a process can be started with: nothing, bytes, or a file or pipe as it is."""
    if stdin is None:
        yield DEVNULL
    elif isinstance(stdin, bytes):
        # In memory, since what goes this way may be a secret.
        with open(os.memfd_create("stdin"), "w+b") as file:
            file.write(stdin)
            file.seek(0)
            yield file
    else:
        yield stdin
