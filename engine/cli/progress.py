"""Telling how an operation goes: not at all, in plain lines, or live on a terminal."""

from types import TracebackType
from typing import Protocol, Self, TextIO

from serai.engine.cli.lines import line
from serai.hookspec.listening import Event


class Progress(Protocol):
    """Tells what happens while a command works. A context: what it shows is settled at its end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def show(self, event: Event) -> None:
        """Tell of an event."""
        ...

    def note(self, text: str) -> None:
        """Say something beside the events. Safe to call from any thread."""
        ...


class Silent:
    """Tells nothing: a script reads the result."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def show(self, event: Event) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class PlainLines(Silent):
    """One line an event.

    Args:
        stream: where they go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: Event) -> None:
        """Print the event's line."""
        self.note(line(event))

    def note(self, text: str) -> None:
        """Print the text."""
        print(text, file=self._stream, flush=True)
