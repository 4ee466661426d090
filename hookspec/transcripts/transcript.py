"""Reading and writing transcripts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.transcripts.exchange import Exchange
from serai.hookspec.transcripts.failures import FAILURE
from serai.hookspec.transcripts.kinds import KINDS
from serai.hookspec.transcripts.shapes import Fault, Fields, faults

SCHEMA_VERSION: Final = 1

HEADER: Final = {"kind": "serai-transcript", "schema_version": SCHEMA_VERSION}
"""The first line."""

_LINE: Final = Fields(
    {"host": str, "call": frozenset(KINDS)},
    {"words": [str], "sent": Any, "answer": Any, "failure": FAILURE, "hook": str, "step": str},
)


def _exchanges(items: Iterable[Exchange]) -> tuple[Exchange, ...]:
    return tuple(items)


@frozen
class Transcript:
    """Calls to machines with their answers, in the order they were made.

    Attributes:
        exchanges: the calls.
    """

    exchanges: tuple[Exchange, ...] = field(default=(), converter=_exchanges)

    @classmethod
    def read(cls, path: str | Path) -> "Transcript":
        """Read a file.

        Raises:
            SeraiError: it cannot be read (code UNREADABLE_DOCUMENT).
            ValidationFailed: it is no transcript, or one of another version; every mistake in it.
        """
        try:
            text = Path(path).read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
            raise SeraiError(
                f"the transcript cannot be read: {reason}", code="UNREADABLE_DOCUMENT", place=str(path)
            ) from error
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, text: str, *, name: str = "the transcript") -> "Transcript":
        """Read a text.

        Args:
            text: as of a file.
            name: what errors call it.

        Raises:
            ValidationFailed: as :meth:`read` does.
        """
        header, *lines = text.removesuffix("\n").split("\n")
        wrong = list(_header_errors(header))
        exchanges: list[Exchange] = []
        for number, line in enumerate([] if wrong else lines, start=2):
            data, found = _parsed(line)
            found = found or [*_line_faults(data)]
            wrong += [_told(number, fault) for fault in found]
            if not found:
                exchanges.append(Exchange(**data))
        if wrong:
            raise ValidationFailed(wrong, what=name)
        return cls(exchanges)

    def text(self) -> str:
        """The transcript as a file has it."""
        return "".join(line_of(document) for document in (HEADER, *(each.to_dict() for each in self.exchanges)))

    def write(self, path: str | Path) -> None:
        """Write a file; what was there is replaced.

        Raises:
            OSError: it cannot be written.
        """
        Path(path).write_bytes(self.text().encode())

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines, by their roles."""
        return tuple(sorted({each.host for each in self.exchanges}))

    def by_host(self) -> "Transcript":
        """The same, one machine after the other, each in its order: two recordings of the same can be compared.

        Machines work side by side, so that the order of calls to several of them is another one each time.
        """
        return evolve(self, exchanges=sorted(self.exchanges, key=lambda each: each.host))


def line_of(document: Mapping[str, Any]) -> str:
    """A document as a line."""
    text = json.dumps(document, ensure_ascii=False)
    return text.encode(errors="backslashreplace").decode() + "\n"  # what is no character is escaped, as JSON does


def _header_errors(line: str) -> Iterator[ValidationError]:
    data, found = _parsed(line)
    version = data.get("schema_version") if isinstance(data, dict) else None
    if found or not isinstance(data, dict) or data.get("kind") != HEADER["kind"]:
        yield _told(1, Fault("", f"a transcript begins with {line_of(HEADER).strip()}", "INVALID"))
    elif data != HEADER:
        hint = "record it anew, or use the version of Serai that wrote it"
        message = f"must be {SCHEMA_VERSION} (got {version!r})"
        yield evolve(_told(1, Fault("schema_version", message, "UNSUPPORTED_SCHEMA_VERSION")), hint=hint)


def _line_faults(data: Any) -> Iterator[Fault]:
    found = list(faults(data, _LINE))
    yield from found
    kind = KINDS.get(data.get("call", "")) if isinstance(data, dict) and isinstance(data.get("call"), str) else None
    if kind is None:
        return
    yield from faults(data.get("sent", {}), kind.sent, "sent")
    if "failure" not in data:
        yield from faults(data.get("answer"), kind.answer, "answer")
    elif "answer" in data:
        yield Fault("answer", "there is a failure in its place", "INVALID")


def _parsed(line: str) -> tuple[Any, list[Fault]]:
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        repeated.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    try:
        data = json.loads(line, object_pairs_hook=members)
    except (ValueError, RecursionError) as error:
        return None, [Fault("", f"is no JSON: {error}", "INVALID_SYNTAX")]
    return data, [Fault(name, "is there twice", "DUPLICATE_KEY") for name in repeated]


def _told(number: int, fault: Fault) -> ValidationError:
    path = f"line {number}: {fault.path}" if fault.path else f"line {number}"
    return ValidationError(error_message=fault.message, path=path, code=fault.code)
