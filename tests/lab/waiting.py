"""Waiting, never without an end."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], what: str, limit: float = 10.0) -> None:
    """Return as soon as something holds.

    Args:
        holds: asked every 5 ms.
        what: what is waited for, for the error.
        limit: seconds.

    Raises:
        TimeoutError: it did not hold in time.
    """
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {limit:g} s for {what}")
        time.sleep(0.005)
