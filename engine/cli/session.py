"""What the parts of one invocation share: the global options, the engine, where output goes."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

from attrs import define, field

from serai.engine.cli.blocks import Block
from serai.engine.cli.progress import PlainLines, Progress, Silent

if TYPE_CHECKING:
    from rich.console import Console

    from serai.engine.engine import Engine

STORE_VARIABLE: Final = "SERAI_STORE"


def open_engine(url: str) -> "Engine":
    """The engine of the installed plugins."""
    from serai.engine import Engine

    return Engine.open(url, resume="manual")  # a command does what it was asked for, and no more


@define
class Session:
    """One invocation of the command.

    Attributes:
        store: URL of the store; the environment's or the user's own when None.
        as_json: whether standard output carries one JSON document and nothing else.
        verbose: whether tracebacks and the debug log are shown.
        color: whether colours are allowed.
        opener: opens the engine, given the store's URL.
    """

    store: str | None = None
    as_json: bool = False
    verbose: bool = False
    color: bool = True
    opener: "Callable[[str], Engine]" = open_engine
    _engine: "Engine | None" = field(default=None, init=False)

    @property
    def url(self) -> str:
        """URL of the store in use."""
        if self.store or (given := os.environ.get(STORE_VARIABLE, "")):
            return self.store or given
        from serai.engine.store.location import default_url

        return default_url()

    @property
    def engine(self) -> "Engine":
        """The engine, opened when first asked for."""
        if self._engine is None:
            self._start_logging()
            self._engine = self.opener(self.url)
        return self._engine

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.close(cancel=True)
            self._engine = None

    def answer(self, document: Callable[[], Any], blocks: Callable[[], Iterable[Block]]) -> None:
        """Give the result on standard output: as JSON, as plain text, or drawn on a terminal.

        Args:
            document: makes the result as JSON-compatible data.
            blocks: makes the result for people.
        """
        if self.as_json:
            print(json.dumps(document(), indent=2, ensure_ascii=False))
        elif self.is_terminal(sys.stdout):
            from serai.engine.cli.drawing import draw

            draw(self.console(sys.stdout), blocks())
        else:
            from serai.engine.cli.plain import plain

            if text := plain(blocks()).strip("\n"):
                print(text)

    def say(self, text: str) -> None:
        """Tell a person something beside the result, on standard error; scripts are told nothing."""
        if not self.as_json:
            print(text, file=sys.stderr, flush=True)

    def progress(self) -> Progress:
        """Where the progress of an operation is told: on standard error, so that results can be piped."""
        if self.as_json:
            return Silent()
        if self.is_terminal(sys.stderr) and not self.verbose:  # a debug log and redrawing would garble one another
            from serai.engine.cli.live import LiveProgress

            return LiveProgress(self.console(sys.stderr))
        return PlainLines(sys.stderr)

    def is_terminal(self, stream: TextIO) -> bool:
        """Whether a stream is a terminal that can be drawn on."""
        return stream.isatty() and os.environ.get("TERM") != "dumb"

    def console(self, stream: TextIO) -> "Console":
        """A Rich console that takes text as it is."""
        from rich.console import Console

        no_color = None if self.color else True  # None leaves it to the variable NO_COLOR
        return Console(file=stream, markup=False, highlight=False, emoji=False, no_color=no_color)

    def _start_logging(self) -> None:
        """Show the debug log, or keep logging from printing by itself."""
        handler = logging.StreamHandler(sys.stderr) if self.verbose else logging.NullHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
        log = logging.getLogger("serai")
        log.handlers = [handler]
        log.setLevel(logging.DEBUG if self.verbose else logging.WARNING)
        log.propagate = False
