"""What a command wrote, between the marks around it.

A login shell may write before a command does, and a daemon that it left behind after it: only what is between the two
marks is the command's, and only the second one proves that it has ended.
"""

from collections.abc import Callable
from typing import Final

_KEPT: Final = 16 * 1024


class Frame:
    """One stream of one command. Fed with what arrives, it hands on what belongs to the command.

    Args:
        token: what both marks begin with, and nothing else does.
        sink: takes what belongs to the command.
    """

    def __init__(self, token: str, sink: Callable[[memoryview], object]) -> None:
        self._opening = f"{token} begins\n".encode()
        self._closing = f"{token} ended ".encode()
        self._sink = sink
        self._held = b""
        self.begun = False
        self.status: int | None = None
        """The command's exit status, when it has ended."""

    @property
    def ended(self) -> bool:
        """Whether the command has ended: there is no more to come."""
        return self.status is not None

    @property
    def before(self) -> bytes:
        """What was written instead of the first mark: it has not come yet."""
        return b"" if self.begun else self._held

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        if self.ended:
            return
        self._held += data
        if not self.begun:
            self._begin()
        if self.begun:
            self._hand_on()

    def finish(self) -> None:
        """Nothing arrives any more: what was held back, since it could have been a mark, was none."""
        if self.begun and not self.ended:
            self._release(len(self._held))

    def _begin(self) -> None:
        found = self._held.find(self._opening)
        if found >= 0:
            self.begun, self._held = True, self._held[found + len(self._opening) :]
        else:
            self._held = self._held[-_KEPT:]

    def _hand_on(self) -> None:
        found = self._held.find(self._closing)
        if found < 0:
            self._release(len(self._held) - len(self._closing) + 1)
            return
        self._release(found)
        mark, newline, _ = self._held.partition(b"\n")
        if newline:
            self.status, self._held = int(mark[len(self._closing) :]), b""

    def _release(self, size: int) -> None:
        if size > 0:
            self._sink(memoryview(self._held)[:size])
            self._held = self._held[size:]
