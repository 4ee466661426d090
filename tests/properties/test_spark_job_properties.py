"""Which properties of Spark differ between two texts, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.spark.job_properties import changed_keys
from serai.builtin_plugins.spark.properties import parsed, rendered

TEXTS = st.text(st.sampled_from("spark.=: \t\n\\#!ab1"), max_size=60)
VALUES = st.dictionaries(st.text("abc.", min_size=1, max_size=4), st.text("xyz", min_size=1, max_size=3), max_size=5)


@given(TEXTS, TEXTS)
def test_what_differs_is_what_spark_reads_otherwise(old: str, new: str) -> None:
    """Neither comments nor blanks, and in either direction the same."""
    assert changed_keys(old, old) == frozenset()
    assert changed_keys(old, new) == changed_keys(new, old)
    assert (changed_keys(old, new) == frozenset()) == (parsed(old).values == parsed(new).values)


@given(VALUES, VALUES)
def test_each_key_that_differs_is_told(old: dict[str, str], new: dict[str, str]) -> None:
    """One that came, one that went, one with another value; no other."""
    expected = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    assert changed_keys(rendered(old), rendered(new)) == expected
