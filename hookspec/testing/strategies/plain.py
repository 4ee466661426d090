"""Strategies for plain values: text, names, times, whatever JSON has."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.secrets import Secret


def words(max_size: int = 12) -> SearchStrategy[str]:
    """Any text that can be stored: no lone surrogates."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)


def names(max_size: int = 12) -> SearchStrategy[str]:
    """Names that a cluster or a node group may have."""
    return st.from_regex(rf"\A[a-z](?:[a-z0-9-]{{0,{max_size - 2}}}[a-z0-9])?\Z")


def moments() -> SearchStrategy[datetime]:
    """Points in time, in UTC."""
    return st.datetimes(timezones=st.just(UTC))


def secrets() -> SearchStrategy[Secret]:
    """Secrets."""
    return words().map(Secret)


def scalars() -> SearchStrategy[Any]:
    """Scalars that JSON has."""
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    return st.none() | st.booleans() | numbers | words()


def json_values(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Any]:
    """JSON-compatible values: what ``extra`` and ``info`` may hold.

    Args:
        leaves: the scalars among them; any when left out.
    """
    return st.recursive(
        scalars() if leaves is None else leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(), inner, max_size=3),
        max_leaves=6,
    )


def extras(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[dict[str, Any]]:
    """Mappings of JSON-compatible values."""
    return st.dictionaries(words(), json_values(leaves), max_size=3)


def texts() -> SearchStrategy[tuple[str, ...]]:
    """A few texts."""
    return st.lists(words(), max_size=2).map(tuple)


def paths() -> SearchStrategy[str]:
    """Absolute paths."""
    return st.text("abcdefghijklmnopqrstuvwxyz0123456789-._ /", max_size=12).map(lambda text: f"/{text.strip('/')}")


def variables() -> SearchStrategy[dict[str, str]]:
    """Variables of an environment."""
    return st.dictionaries(st.from_regex(r"\A[A-Z][A-Z0-9_]{0,7}\Z"), words(), max_size=2)
