"""Blocks drawn on a terminal, with Rich."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text
from serai.engine.cli.printable import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_STYLES: Final = {
    "Active": "green",
    "SUCCEEDED": "green",
    "green": "green",
    "ok": "green",
    "succeeded": "green",
    "Error": "bold red",
    "FAILED": "bold red",
    "DONEWITHERROR": "bold red",
    "KILLED": "bold red",
    "red": "bold red",
    "passed": "green",
    "fail": "bold red",
    "failed": "bold red",
    "quarantined": "bold red",
    "yellow": "yellow",
    "warn": "yellow",
    "cancelled": "yellow",
}
"""How a word looks that is all of a cell."""


def draw(console: "Console", blocks: Iterable[Block]) -> None:
    """Show blocks on a terminal, no wider than it is."""
    for block in blocks:
        console.print(_drawn(block), soft_wrap=isinstance(block, Text))


def _drawn(block: Block) -> "RenderableType":
    match block:
        case Heading(text):
            return Padding(RichText(printable(text), style="bold"), (1, 0, 0, 0))
        case Fields(items):
            return _fields(items)
        case Table(columns, rows, empty):
            return _table(columns, rows) if rows else RichText(empty, style="dim")
        case Text(text):
            return RichText(printable(text))


def _fields(items: Iterable[tuple[str, str]]) -> RichTable:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in items:
        grid.add_row(label, _cell(value))
    return grid


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> RichTable:
    table = RichTable(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.upper(), overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def _cell(text: str) -> RichText:
    return RichText(printable(text), style=_STYLES.get(text, ""))
