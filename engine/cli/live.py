"""How an operation goes, live on a terminal: what is finished scrolls up, what runs is redrawn below it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from serai.engine.cli.board import Board, Mark, Phase, Step
from serai.engine.cli.durations import duration
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from rich.console import Console

_SIGNS: Final = {Mark.DONE: ("✓", "green"), Mark.FAILED: ("✗", "bold red")}
_FRAMES: Final = Spinner("dots").frames
_REDRAWS: Final = 10
"""Times a second."""

_HOSTS_SHOWN: Final = 4
_FAILURES_SHOWN: Final = 10
_ROOM_BELOW: Final = 2
"""Lines of the terminal left free, so that it never scrolls while it is redrawn."""


class LiveProgress:
    """Shows phases, steps and hosts while they happen.

    Args:
        console: the terminal.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._board = Board()
        self._lock = threading.Lock()  # Rich redraws from a thread of its own
        self._live = Live(
            console=console,
            get_renderable=self._frame,
            refresh_per_second=_REDRAWS,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        """Take an event in; what ended with it is printed for good."""
        with self._lock:
            ended = self._board.take(event)
        if event.kind is EventKind.OPERATION_STARTED:
            self._console.print(Text(self._board.title, style="bold"))
        if event.kind is EventKind.WARNING:
            self.note(f"warning: {event.message}")
        if ended is not None:
            for line in phase_lines(ended, event.time):
                self._console.print(line, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print above what is redrawn."""
        self._console.print(Text(text, style="yellow"), soft_wrap=True)

    def _frame(self) -> Group:
        now = datetime.now(UTC)
        with self._lock:
            phase = self._board.current
            lines = [] if phase is None else list(phase_lines(phase, now))
        room = max(1, self._console.height - _ROOM_BELOW)
        for line in lines:
            line.truncate(self._console.width, overflow="ellipsis")
        return Group(*lines[:1], *lines[1:][-(room - 1) :] if room > 1 else ())


def phase_lines(phase: Phase, now: datetime) -> Iterator[Text]:
    """A phase and its steps, a line each."""
    yield _row(phase, now, indent=0)
    for step in phase.steps:
        row = _row(step, now, indent=1)
        row.append(_hosts_told(step), style="dim")
        if step.note:
            row.append(f"  {step.note}", style="red" if step.mark is Mark.FAILED else "dim")
        yield row
        failed = list(step.hosts_failed.items())
        for host, reason in failed[:_FAILURES_SHOWN]:
            yield Text(f"      ✗ {host}  {reason}", style="red")
        if len(failed) > _FAILURES_SHOWN:
            yield Text(f"      ✗ and {len(failed) - _FAILURES_SHOWN} more", style="red")


def _row(item: Phase | Step, now: datetime, *, indent: int) -> Text:
    elapsed = (now - item.since).total_seconds()
    frame = _FRAMES[int(now.timestamp() * _REDRAWS) % len(_FRAMES)]
    sign, style = _SIGNS.get(item.mark, (frame, "cyan"))
    row = Text("  " * indent)
    row.append(f"{sign} ", style=style)
    row.append(item.title, style="bold" if item.mark is Mark.RUNNING else "")
    row.append(f"  {duration(elapsed if item.seconds is None else item.seconds)}", style="dim")
    return row


def _hosts_told(step: Step) -> str:
    """How many hosts are done, of how many; those that are done, or are waited for, by name while they are few."""
    done, waited_for = step.hosts_ok, step.waited_for
    count = f"{len(done)}/{len(step.hosts)}" if step.hosts else f"{len(done)} hosts" if done else ""
    named = ", ".join(done) if len(step.hosts or done) <= _HOSTS_SHOWN else ""
    if not named and step.mark is Mark.RUNNING and 0 < len(waited_for) <= _HOSTS_SHOWN:
        named = f"waiting for {', '.join(waited_for)}"
    return "".join(f"  {told}" for told in (count, named) if told)
