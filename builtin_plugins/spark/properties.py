"""Properties of Spark as text: the format of spark-defaults.conf, which is that of Java's property files."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import field, frozen

_BLANKS: Final = " \t\f"
_KEY: Final = re.compile(r"(?:\\.|[^\\ \t\f=:])*", re.DOTALL)
_SEPARATOR: Final = re.compile(r"[ \t\f]*[=:]?[ \t\f]*")
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_BAD_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u(?![0-9A-Fa-f]{4})")
_TRIMMED: Final = "".join(chr(code) for code in range(0x21) if chr(code) not in "\r\n")
"""What Spark takes off both ends of a value."""
_NAMED: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@frozen
class Property:
    """One property.

    Attributes:
        key: such as ``spark.sql.shuffle.partitions``.
        value: what it is set to, without blanks around it.
        line: the number of the line it begins in, from 1.
    """

    key: str
    value: str = field(repr=False)
    line: int


@frozen
class Properties:
    """Properties, as they stand in a text."""

    entries: tuple[Property, ...]

    @property
    def values(self) -> dict[str, str]:
        """Value by key; the last one where a key comes twice, as in Java."""
        return {entry.key: entry.value for entry in self.entries}


def parsed(text: str) -> Properties:
    """Read a text in Java's format, with its comments, separators, escapes and continued lines.

    Every text is valid in that format; what makes no sense to Spark is for the validation to tell.
    """
    return Properties(tuple(_entry(line, number) for number, line in _logical_lines(text)))


def rendered(values: Mapping[str, str]) -> str:
    """Write properties so that :func:`parsed`, and Java, read the same. Values must have no blanks around them."""
    return "".join(f"{_escaped(key, ' =:#!')}={_escaped(value, '')}\n" for key, value in values.items())


def malformed_escapes(text: str) -> bool:
    """Whether there is a ``\\u`` without four hexadecimal digits, at which Java gives up."""
    return any(_BAD_ESCAPE.search(line) for _, line in _logical_lines(text))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are no comments, with those joined that end in a backslash."""
    pending, first = "", 0
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = raw.lstrip(_BLANKS)
        if not pending:
            if not line or line[0] in "#!":
                continue
            first = number
        pending += line
        if _is_continued(pending):
            pending = pending[:-1]
            continue
        yield first, pending
        pending = ""
    if pending:
        yield first, pending


def _is_continued(line: str) -> bool:
    """An even number of backslashes at the end are themselves escaped."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _entry(line: str, number: int) -> Property:
    key = _match(_KEY, line, 0)
    separator = _match(_SEPARATOR, line, len(key))
    return Property(_unescaped(key), _unescaped(line[len(key) + len(separator) :]).strip(_TRIMMED), number)


def _match(pattern: re.Pattern[str], line: str, start: int) -> str:
    found = pattern.match(line, start)
    return found.group() if found else ""


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _meant(found.group(1)), text)


def _meant(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _NAMED.get(escape, escape)


def _escaped(text: str, special: str) -> str:
    escapes = {"\\": "\\\\", **{char: f"\\{name}" for name, char in _NAMED.items()}, **{c: f"\\{c}" for c in special}}
    return "".join(escapes.get(char, char) for char in text)
