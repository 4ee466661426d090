"""What the parts of one invocation share: the global options, the engine, where output goes."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

from attrs import define, field

from serai.engine.cli.blocks import Block
from serai.engine.cli.logs import start_logging
from serai.engine.cli.progress import PlainLines, Progress, Silent
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from rich.console import Console

    from serai.engine.engine import Engine

STORE_VARIABLE: Final = "SERAI_STORE"
MIRRORS_VARIABLE: Final = "SERAI_MIRRORS"
"""Mirrors of what artifacts come from: ``URL=URL``, several with spaces between them."""


def open_engine(url: str, transcript: Path | None) -> "Engine":
    """The engine of the installed plugins.

    Args:
        url: the store's.
        transcript: file that calls to machines are recorded in; None for none.
    """
    from serai.engine import Engine

    # A command does what it was asked for, and no more.
    given = mirrors(os.environ.get(MIRRORS_VARIABLE, ""))
    return Engine.open(url, resume="manual", mirrors=given, transcript=transcript)


def mirrors(given: str) -> dict[str, str]:
    """Mirrors by the beginning of the URLs they stand for.

    Args:
        given: as :data:`MIRRORS_VARIABLE` has them.

    Raises:
        SeraiError: something of it is no pair of URLs.
    """
    pairs = {pair: pair.partition("=") for pair in given.split()}
    if wrong := [pair for pair, (prefix, _, url) in pairs.items() if ":" not in prefix or ":" not in url]:
        raise SeraiError(
            f"not a URL, an equals sign and another URL: {', '.join(wrong)}",
            code="INVALID_MIRRORS",
            place=MIRRORS_VARIABLE,
            hint="such as https://repo.maven.apache.org/maven2=https://mirror.example/maven2",
        )
    return {prefix: url for prefix, _, url in pairs.values()}


@define
class Session:
    """One invocation of the command.

    Attributes:
        store: URL of the store; the environment's or the user's own when None.
        as_json: whether standard output carries one JSON document and nothing else.
        verbose: whether tracebacks and the debug log are shown.
        log_file: where the debug log is appended to, a JSON document a line; None for nowhere.
        transcript: file that calls to machines are recorded in; None for nowhere.
        color: whether colours are allowed.
        opener: opens the engine, given the store's URL and that file.
    """

    store: str | None = None
    as_json: bool = False
    verbose: bool = False
    log_file: Path | None = None
    transcript: Path | None = None
    color: bool = True
    opener: "Callable[[str, Path | None], Engine]" = open_engine
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
            start_logging(verbose=self.verbose, file=self.log_file)
            self._engine = self.opener(self.url, self.transcript)
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
