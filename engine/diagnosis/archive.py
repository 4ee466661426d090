"""The archive: texts under names, an index that says what is what, and a size it never exceeds."""

import io
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import frozen

from serai.hookspec.errors import SeraiError

INDEX: Final = "README.txt"
MEBIBYTE: Final = 1024 * 1024
MOST: Final = 16 * MEBIBYTE
"""Bytes of all texts together, and more than their archive has."""
_MOST_OF_ONE: Final = 4 * MEBIBYTE


@frozen
class Entry:
    """A text of the archive.

    Attributes:
        name: its path there.
        about: what it is.
        text: what it says.
        cut: how many bytes were left out at its beginning.
    """

    name: str
    about: str
    text: str
    cut: int = 0


@frozen
class Missing:
    """What could not be had, and why."""

    name: str
    reason: str


def fitted(entries: Iterable[Entry], *, most: int = MOST, most_of_one: int = _MOST_OF_ONE) -> list[Entry]:
    """As much of the texts as fits: of one that is too long the end, in whole lines; later ones give way to earlier.

    Args:
        entries: the texts, the most important first.
        most: bytes of all together.
        most_of_one: bytes of one.
    """
    kept, room = [], most
    for entry in entries:
        fitting = _end_of(entry, min(room, most_of_one))
        room -= len(fitting.text.encode())
        kept.append(fitting)
    return kept


def _end_of(entry: Entry, most: int) -> Entry:
    data = entry.text.encode("utf-8", "backslashreplace")
    if len(data) <= most:
        return Entry(entry.name, entry.about, data.decode())
    end = data[len(data) - most :].partition(b"\n")[2]
    return Entry(entry.name, entry.about, end.decode("utf-8", "ignore"), len(data) - len(end))


def index(title: Sequence[str], entries: Sequence[Entry], missing: Sequence[Missing]) -> Entry:
    """The text that says what is what, and what could not be had."""
    return Entry(INDEX, "this text", "\n".join([*title, "", *_listed(entries), *_lacking(missing), ""]))


def _listed(entries: Sequence[Entry]) -> Iterator[str]:
    yield "What is here:"
    width = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        cut = f" (cut: its first {entry.cut} bytes are left out)" if entry.cut else ""
        yield f"  {entry.name:<{width}}  {entry.about}{cut}"


def _lacking(missing: Sequence[Missing]) -> Iterator[str]:
    if missing:
        yield ""
        yield "What could not be had:"
        yield from (f"  {each.name}: {each.reason}" for each in missing)


def check_place(path: Path) -> None:
    """See whether an archive may be put somewhere, before the work that it takes.

    Raises:
        SeraiError: its directory is not there, or what is there is no file, and is to stay (code OUTPUT_UNUSABLE).
    """
    if not path.parent.is_dir():
        raise _unusable(path, "its directory is not there", "make the directory, or name another")
    if path.exists() and not path.is_file():
        raise _unusable(path, "what is there is no file", "name a file, or one that is not there yet")


def _unusable(path: Path, reason: str, hint: str) -> SeraiError:
    return SeraiError(f"no archive can be written: {reason}", code="OUTPUT_UNUSABLE", place=str(path), hint=hint)


def write(path: Path, folder: str, entries: Sequence[Entry], at: datetime) -> None:
    """Write an archive, readable by its owner alone; whole, or not at all.

    Args:
        path: where; what is there is replaced.
        folder: the directory all is in.
        entries: its texts.
        at: the time put on them.

    Raises:
        SeraiError: it cannot be put there (code OUTPUT_UNUSABLE).
    """
    check_place(path)
    try:
        _write(path, folder, entries, at)
    except OSError as error:
        hint = "see whether there is room, and whether you may write there"
        raise _unusable(path, error.strerror or str(error), hint) from error


def _write(path: Path, folder: str, entries: Sequence[Entry], at: datetime) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=".serai-diagnosis-", dir=path.parent)
    try:
        with open(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            for entry in entries:
                _add(archive, f"{folder}/{entry.name}", entry.text.encode(), at)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _add(archive: tarfile.TarFile, name: str, data: bytes, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(data), int(at.timestamp()), 0o600
    archive.addfile(member, io.BytesIO(data))
