"""How hooks and their arguments go out of use: announced with a term and a replacement, and only then removed."""

from attrs import frozen


class SpiDeprecationWarning(DeprecationWarning):
    """A plugin uses what a later version of the contract will not have."""


@frozen
class Deprecation:
    """That a hook, or an argument of one, goes out of use.

    Attributes:
        since: the version of the contract that announces it, such as ``1.3``.
        removal: the version that will not have it any more; a major one.
        instead: what plugins do instead.
    """

    since: str
    removal: str
    instead: str

    def __str__(self) -> str:
        return f"deprecated since SPI {self.since}, and gone with {self.removal}; {self.instead}"


def spi_version(text: str) -> tuple[int, int]:
    """A version of the contract as it compares: ``"1.10"`` is later than ``"1.9"``.

    Raises:
        ValueError: it does not read like ``1.0``.
    """
    parts = text.split(".")
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"not a version of the contract: {text!r}")
    return int(parts[0]), int(parts[1])
