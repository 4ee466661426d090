"""The part of a log that tells why a service failed."""

import re
from typing import Final

TAIL_LINES: Final = 20
NAMED_LINES: Final = 4

READ_LINES: Final = 200
"""How many of its last lines to look through."""

_EXCEPTION: Final = re.compile(r"\s*(Caused by: )?[A-Za-z_][\w.]*(Error|Exception|Failure)\b.*")
"""Where Python, Java and their like say what went wrong; a chain of them is longer than a tail."""

_GAP: Final = "…"


def telling(log: str) -> str:
    """The last :data:`TAIL_LINES` lines of a log, after the last :data:`NAMED_LINES` above them that name an exception.

    Done twice it is as done once.
    """
    lines = log.rstrip().splitlines()
    named = [line for line in lines[:-TAIL_LINES] if _EXCEPTION.fullmatch(line)][-NAMED_LINES:]
    return "\n".join([*named, *([_GAP] if named else []), *lines[-TAIL_LINES:]])
