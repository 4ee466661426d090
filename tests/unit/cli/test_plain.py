"""Blocks as plain text."""

import pytest

from serai.engine.cli.blocks import Fields, Heading, Table, Text
from serai.engine.cli.plain import plain


def test_tables_are_aligned_without_trailing_blanks() -> None:
    """For eyes and for cut, awk and diff."""
    table = Table(("name", "status"), [("a", "Active"), ("longer", "")])
    assert plain([table]).splitlines() == ["NAME    STATUS", "a       Active", "longer"]


def test_a_table_without_rows_says_so() -> None:
    """Or nothing, when there is nothing to say."""
    assert plain([Table(("name",), [], empty="none")]) == "none"
    assert plain([Table(("name",), [])]) == ""


def test_fields_keep_the_lines_of_a_value_together() -> None:
    """Below one another."""
    assert plain([Fields([("a", "1\n2"), ("long", "")])]).splitlines() == ["a:    1", "      2", "long:"]


def test_headings_stand_apart_and_text_as_it_is() -> None:
    """However long it is."""
    assert plain([Text("x" * 300), Heading("More")]) == "x" * 300 + "\n\nMore"


def test_a_row_has_as_many_cells_as_there_are_columns() -> None:
    """Anything else is a mistake of ours, and found at once."""
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        Table(("a", "b"), [("x",)])


def test_control_characters_are_shown_not_obeyed() -> None:
    """An argument of a job is anybody's text."""
    assert plain([Fields([("a", "\x1b[2J")])]) == r"a: \x1b[2J"
