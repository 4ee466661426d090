"""A value that must not be seen: masked wherever it could be printed, revealed only on purpose."""

from typing import Any, Final

MASK: Final = "******"


class Secret:
    """A secret string.

    ``repr``, ``str`` and formatting give a mask; :meth:`reveal` gives the value, for the one place that needs it
    (the content of a file on the host, or a command's standard input; never an argument list).
    """

    __slots__ = ("_value",)

    def __init__(self, value: "str | Secret") -> None:
        self._value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """The value in clear."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))
