"""What a user may have meant by a name that nothing has."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LISTED: Final = 12
"""As many valid names as a hint lists."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like another, or None when none is much like it. Case does not count."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(known, reverse=True)}
    matches = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[matches[0]] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint: ``did you mean 'count'?``, else the known names when they are few, else ``""``."""
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= _LISTED else ""
