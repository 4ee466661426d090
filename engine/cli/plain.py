"""Blocks as plain text, for files and pipes: nothing is cut, nothing is coloured."""

from collections.abc import Iterable, Iterator, Sequence

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text
from serai.engine.cli.printable import printable


def plain(blocks: Iterable[Block]) -> str:
    """Blocks as text, one line a row."""
    return printable("\n".join(line for block in blocks for line in _lines(block)))


def _lines(block: Block) -> Iterable[str]:
    match block:
        case Heading(text):
            return ("", text)
        case Fields(items):
            return _fields(items)
        case Table(columns, rows, empty):
            return _aligned([tuple(column.upper() for column in columns), *rows]) if rows else filter(None, [empty])
        case Text(text):
            return text.splitlines()


def _fields(items: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(label) for label, _ in items), default=0) + 1
    for label, value in items:
        first, *rest = value.splitlines() or [""]
        yield f"{label + ':':<{width}} {first}".rstrip()
        yield from (f"{'':<{width}} {line}" for line in rest)


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    rows = [[" ".join(cell.splitlines()) for cell in row] for row in table]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
