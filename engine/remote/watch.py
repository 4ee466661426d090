"""The limits of one command while it runs: its time, its silence, and being asked to stop."""

import time
from typing import Final, Protocol

from serai.engine.remote.transport import Limit
from serai.hookspec.errors import OperationCancelled

_GLANCE: Final = 0.2
"""Seconds after which somebody who waits looks up."""


class Signal(Protocol):
    """Tells whether all is to stop: the part of an Event that is needed for that."""

    def is_set(self) -> bool: ...


class Watch:
    """Tells who waits for a command how long to wait, and when to give up.

    Args:
        timeout: seconds the command has.
        silence: seconds it may be without output; None for as long as it lasts.
        cancelled: set when all is to stop; None when nobody ever asks for that.
    """

    def __init__(self, timeout: float, silence: float | None, cancelled: Signal | None) -> None:
        self.began = self._heard = time.monotonic()
        self._deadline = self.began + timeout
        self._silence = silence
        self._cancelled = cancelled

    def heard(self) -> None:
        """There was output."""
        self._heard = time.monotonic()

    def left(self) -> float:
        """Seconds until the time is up."""
        return max(0.0, self._deadline - time.monotonic())

    def pause(self) -> float:
        """Seconds to wait for something to happen before looking here again."""
        now = time.monotonic()
        left = self._deadline - now
        if self._silence is not None:
            left = min(left, self._heard + self._silence - now, _GLANCE)
        if self._cancelled is not None:
            left = min(left, _GLANCE)
        return max(0.0, left)

    def exceeded(self) -> Limit | None:
        """The limit that has passed.

        Raises:
            OperationCancelled: all is to stop.
        """
        if self._cancelled is not None and self._cancelled.is_set():
            raise OperationCancelled("the operation was cancelled")
        now = time.monotonic()
        if now >= self._deadline:
            return Limit.TOTAL
        if self._silence is not None and now >= self._heard + self._silence:
            return Limit.SILENCE
        return None

    @property
    def seconds(self) -> float:
        """How long it has been."""
        return time.monotonic() - self.began
