"""Converters of attrs fields that hold tuples: mypy needs one with the item's type spelt out (``tuple`` has none)."""

from collections.abc import Iterable


def strings(items: Iterable[str]) -> tuple[str, ...]:
    """Strings as a tuple.

    Raises:
        TypeError: a lone string, which would fall apart into its characters.
    """
    if isinstance(items, str):
        raise TypeError(f"a sequence of strings is wanted, not the string {items!r}")
    return tuple(items)
