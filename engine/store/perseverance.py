"""Trying again while the store is away, for a time."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from serai.engine.log_context import get_logger
from serai.hookspec.errors import SeraiError

T = TypeVar("T")

UNAVAILABLE: Final = "STORE_UNAVAILABLE"
"""The code of what is worth another try: nothing was done, and it may work in a moment."""

_FIRST_PAUSE: Final = 0.05  # seconds
_LONGEST_PAUSE: Final = 2.0  # seconds: a server that came back is noticed at once, for people

log: Final = get_logger("serai.store")


def persist(attempt: Callable[[], T], patience: float) -> T:
    """Call an attempt until it does not say that the store is unavailable.

    Args:
        attempt: the first call is made at once, the next ones after pauses that grow.
        patience: seconds after which the error is raised.

    Raises:
        SeraiError: what the last attempt raised.
    """
    deadline = time.monotonic() + patience
    for pause in _pauses():
        try:
            return attempt()
        except SeraiError as error:
            left = deadline - time.monotonic()
            if error.code != UNAVAILABLE or left <= 0:
                raise
            log.log(logging.WARNING if pause == _FIRST_PAUSE else logging.DEBUG, "waiting for the store: %s", error)
            time.sleep(min(pause, left))
    raise AssertionError("the pauses have no end")


def _pauses() -> Iterator[float]:
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, _LONGEST_PAUSE)
