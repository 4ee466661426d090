"""Text of others, made harmless for a terminal: names, messages and logs may hold what would command it."""

import unicodedata
from typing import Final

_KEPT: Final = frozenset("\n\t")
_CATEGORIES: Final = frozenset({"Cc", "Cs"})
"""Control characters, and surrogates, which cannot be written."""


def printable(text: str) -> str:
    """The text, its control characters but line feeds and tabs written as ``\\x1b``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _CATEGORIES:
        return character
    return character.encode("unicode_escape").decode("ascii")
