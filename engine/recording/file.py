"""The file that a transcript is written to, a line at a time."""

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from serai.engine.log_context import get_logger
from serai.hookspec.errors import SeraiError
from serai.hookspec.transcripts.exchange import Exchange
from serai.hookspec.transcripts.transcript import HEADER, Transcript, line_of

log: Final = get_logger("serai.recording")


class TranscriptFile:
    """Appends exchanges to a transcript: each is in the file when :meth:`append` returns.

    Safe to use from many threads. What cannot be written is told once in the log; what the transcript is about goes on.

    Args:
        path: of the file, made readable by its owner alone; what is there must be a transcript.

    Raises:
        SeraiError: it cannot be written, or something else is there (code OUTPUT_UNUSABLE).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._is_told = False
        try:
            self._handle = _opened(path)
            if os.fstat(self._handle).st_size == 0:
                self._write(line_of(HEADER))
            self.earlier: Final = Transcript.read(path)
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        except SeraiError as error:
            os.close(self._handle)
            reason = error.message.splitlines()
            raise _unusable(path, f"what is there is no transcript: {' '.join(reason[:2])}") from error

    def append(self, exchange: Exchange) -> None:
        """Write an exchange."""
        with self._lock:
            self._attempt(lambda: self._write(line_of(exchange.to_dict())))

    def rewrite(self, change: Callable[[Exchange], Exchange]) -> None:
        """Change what was written before, where it must not stay as it is."""
        with self._lock:
            self._attempt(lambda: self._replace(change))

    def lack(self, error: Exception) -> None:
        """Tell that something is not in the transcript, unless that was told."""
        if not self._is_told:
            self._is_told = True
            log.warning("the transcript in %s is not complete: %s", self._path, error)

    def close(self) -> None:
        """Close the file; nothing more is written."""
        with self._lock:
            self._is_told = True
            os.close(self._handle)
            self._handle = -1

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (OSError, SeraiError) as error:
            self.lack(error)

    def _write(self, line: str) -> None:
        """All of a line, or nothing of it: what is half written is no transcript."""
        data, before = line.encode(), os.fstat(self._handle).st_size
        written = os.write(self._handle, data)
        if written < len(data):
            os.ftruncate(self._handle, before)
            raise OSError(f"no room for {len(data)} bytes")

    def _replace(self, change: Callable[[Exchange], Exchange]) -> None:
        known = Transcript.read(self._path)
        changed = Transcript(map(change, known.exchanges))
        if changed == known:
            return
        draft = self._path.with_name(f".{self._path.name}.serai")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "wb") as file:
            file.write(changed.text().encode())
        os.replace(draft, self._path)
        os.close(self._handle)
        self._handle = _opened(self._path)


def _opened(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(None, "it is no file")
    return handle


def _unusable(path: Path, reason: str) -> SeraiError:
    return SeraiError(
        f"the transcript cannot be written: {reason}",
        code="OUTPUT_UNUSABLE",
        place=str(path),
        hint="name a transcript, or a file that is not there yet in a directory that you may write to",
    )
