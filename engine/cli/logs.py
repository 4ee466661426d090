"""Log records of one invocation: for people on standard error, for programs in a file, a JSON document a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from serai.engine.log_context import ATTRIBUTES, LogContext
from serai.hookspec.errors import SeraiError

_PLACES: Final = tuple(f"serai_{name}" for name in ATTRIBUTES)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, and where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            **{name: place for name in _PLACES if (place := getattr(record, name, ""))},
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class LogFile(logging.FileHandler):
    """Appends records to a file, which is readable by its owner alone when it is made.

    What cannot be written is told once on standard error; what the log is about goes on.

    Args:
        path: of the file.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        super().__init__(path, encoding="utf-8")
        self._is_told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Tell why a record is not there, unless that was told."""
        if not self._is_told:
            self._is_told = True
            why = sys.exc_info()[1]
            reason = (why.strerror if isinstance(why, OSError) else None) or why
            print(f"warning: the log in {self.baseFilename} is not complete: {reason}", file=sys.stderr)

    def close(self) -> None:
        """Close the file; what could not be written until now is lost, as was told."""
        try:
            super().close()
        except OSError:
            self.handleError(logging.makeLogRecord({}))


class PlacedLines(logging.Formatter):
    """A record as a line for people, with phase and host where they are known."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s:%(place)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        known = (getattr(record, name, "") for name in ("serai_phase", "serai_host"))
        place = ", ".join(filter(None, known))
        record.place = f" [{place}]" if place else ""
        return super().format(record)


def start_logging(*, verbose: bool, file: Path | None) -> None:
    """Say where the records of ``serai`` go in this process: it is the command's own.

    Args:
        verbose: whether standard error shows all of them; none otherwise.
        file: appended to, readable by its owner alone when it is made; None for no file.

    Raises:
        SeraiError: the file cannot be written (code OUTPUT_UNUSABLE).
    """
    handlers: list[logging.Handler] = []
    if verbose:
        handlers.append(_on(logging.StreamHandler(sys.stderr), PlacedLines()))
    if file is not None:
        handlers.append(_on(_opened(file), JsonLines()))
    log = logging.getLogger("serai")
    for former in log.handlers:
        former.close()
    log.handlers = handlers or [logging.NullHandler()]  # without any, logging prints by itself
    log.setLevel(logging.DEBUG if handlers else logging.WARNING)
    log.propagate = False


def _opened(file: Path) -> LogFile:
    try:
        return LogFile(file)
    except OSError as error:
        raise SeraiError(
            f"the log cannot be written: {error.strerror}",
            code="OUTPUT_UNUSABLE",
            place=str(file),
            hint="name a file that you may write, in a directory that is there",
        ) from error


def _on(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.addFilter(LogContext())
    return handler
