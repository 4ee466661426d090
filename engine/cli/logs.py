"""Log records of one invocation: for people on standard error, for programs in a file, a JSON document a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from serai.engine.log_context import ATTRIBUTES, LogContext

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
        OSError: the file cannot be written.
    """
    handlers: list[logging.Handler] = []
    if verbose:
        handlers.append(_on(logging.StreamHandler(sys.stderr), PlacedLines()))
    if file is not None:
        file.touch(mode=0o600)
        handlers.append(_on(logging.FileHandler(file, encoding="utf-8"), JsonLines()))
    log = logging.getLogger("serai")
    for former in log.handlers:
        former.close()
    log.handlers = handlers or [logging.NullHandler()]  # without any, logging prints by itself
    log.setLevel(logging.DEBUG if handlers else logging.WARNING)
    log.propagate = False


def _on(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.addFilter(LogContext())
    return handler
