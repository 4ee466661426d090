"""What a command shows, before it is drawn: a heading, fields, a table, text."""

from collections.abc import Iterable

from attrs import field, frozen

from serai.hookspec.sequences import strings


def _pairs(items: "Iterable[tuple[str, str]]") -> tuple[tuple[str, str], ...]:
    return tuple(items)


def _rows(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(strings(row) for row in rows)


@frozen
class Heading:
    """A line above what belongs together."""

    text: str


@frozen
class Fields:
    """Labels and values, one line each; a value of several lines is indented below its label."""

    items: tuple[tuple[str, str], ...] = field(converter=_pairs)


@frozen
class Table:
    """Rows below column names.

    Attributes:
        columns: their names.
        rows: as many cells each as there are columns.
        empty: what to say when there are no rows.
    """

    columns: tuple[str, ...] = field(converter=strings)
    rows: tuple[tuple[str, ...], ...] = field(converter=_rows)
    empty: str = ""

    def __attrs_post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns: {row}")


@frozen
class Text:
    """Text as it stands: never wrapped, never styled."""

    text: str


Block = Heading | Fields | Table | Text
