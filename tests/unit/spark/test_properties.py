"""Reading and writing the format of spark-defaults.conf."""

import pytest

from serai.builtin_plugins.spark.properties import malformed_escapes, parsed, rendered


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("spark.a 1", {"spark.a": "1"}),
        ("  spark.a\t=  1 2  \n", {"spark.a": "1 2"}),
        ("spark.a:b:c", {"spark.a": "b:c"}),
        ("spark.a==b", {"spark.a": "=b"}),
        ("# no\n! no\n\n  # no\r\nspark.a 1", {"spark.a": "1"}),
        ("spark.a one \\\n   # two", {"spark.a": "one # two"}),
        ("spark.a c:\\\\x\\ty", {"spark.a": "c:\\x\ty"}),
        ("spark\\ a 1", {"spark a": "1"}),
        ("spark.a \\u00e9", {"spark.a": "é"}),
        ("spark.a", {"spark.a": ""}),
        ("spark.a 1\nspark.a 2", {"spark.a": "2"}),
        ("", {}),
    ],
)
def test_it_reads_what_java_reads(text: str, values: dict[str, str]) -> None:
    """Comments, separators, escapes and continued lines, as java.util.Properties takes them."""
    assert parsed(text).values == values


def test_entries_know_their_lines() -> None:
    """A continued line counts as the one it begins in."""
    assert [entry.line for entry in parsed("# x\nspark.a 1\\\n2\n\nspark.b 3").entries] == [2, 5]


def test_it_writes_one_property_a_line() -> None:
    """Blanks in a key are escaped, those in a value are not."""
    assert rendered({"spark.a b": "x =y", "spark.c": "1\n2"}) == "spark.a\\ b=x =y\nspark.c=1\\n2\n"


@pytest.mark.parametrize(("text", "bad"), [(r"a \u12", True), (r"a \\u12", False), (r"a \u0041", False), ("a", False)])
def test_it_knows_where_java_gives_up(text: str, bad: bool) -> None:
    r"""A \u needs four digits."""
    assert malformed_escapes(text) is bad


def test_values_are_not_shown() -> None:
    """They may be secrets."""
    assert "hidden" not in repr(parsed("spark.a hidden"))
