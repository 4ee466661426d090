"""Values that do not fit their field: the exception that says so, and how it shows a value."""

from collections.abc import Mapping
from typing import Any

from serai.engine.documents.codes import Code
from serai.engine.documents.paths import Path

_SHOWN_LENGTH = 60


class Misfit(ValueError):
    """A value does not fit its field.

    Args:
        message: what it must be, and what it is.
        code: the rule that it breaks.
        hint: what to do about it.
        path: where below the field, when not the field itself.
        meant: the value that was probably meant, where that can be guessed; None otherwise.
    """

    def __init__(
        self, message: str, *, code: Code = Code.WRONG_TYPE, hint: str = "", path: Path = (), meant: Any = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.path = path
        self.meant = meant


def expected(description: str, value: object, hint: str = "", meant: Any = None) -> Misfit:
    """The misfit of a value of the wrong type."""
    return Misfit(f"must be {description} (got {shown(value)})", hint=hint, meant=meant)


def shown(value: object) -> str:
    """A value as a document would show it; what has parts is named and not shown, for a secret may be among them."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if type(value) in (int, float):
        return repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN_LENGTH else f"{value[:_SHOWN_LENGTH]}…")
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return f"a value of type {type(value).__name__}"
