"""The time that hosts in memory take: real, or only counted."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Whose time passes."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let time pass until something happens, or until the seconds are over; whether it happened."""
        ...


class RealClock:
    """Time as it passes."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)


class VirtualClock:
    """Time that passes at once: an hour of waiting takes none. Safe to be used by many threads.

    Nobody else acts while somebody waits: what has not happened yet does not happen within the wait.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += max(seconds, 0.0)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self.sleep(seconds)
        return event.is_set()
