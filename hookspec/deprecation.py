"""How hooks and their arguments go out of use: announced with a term and a replacement, and only then removed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from serai.hookspec.semantics import Declaration


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


def uses(declaration: "Declaration", arguments: Iterable[str]) -> Iterator[str]:
    """What an implementation of a hook uses that goes out of use, a line each.

    Args:
        declaration: the hook's.
        arguments: the arguments that the implementation takes.
    """
    if declaration.deprecated is not None:
        yield f"{declaration.name} is {declaration.deprecated}"
    for argument in arguments:
        if argument in declaration.deprecated_arguments:
            yield f"{declaration.name}: argument {argument} is {declaration.deprecated_arguments[argument]}"


def overdue(declarations: Mapping[str, "Declaration"], version: str) -> list[str]:
    """What a version of the contract should not have any more, or has announced wrongly.

    Args:
        declarations: the hooks it has.
        version: which version it is.
    """
    return [
        f"{name}: {fault}"
        for declaration in declarations.values()
        for name, deprecation in _deprecations(declaration)
        for fault in _faults(deprecation, spi_version(version))
    ]


def _deprecations(declaration: "Declaration") -> Iterator[tuple[str, Deprecation]]:
    if declaration.deprecated is not None:
        yield declaration.name, declaration.deprecated
    for argument, deprecation in declaration.deprecated_arguments.items():
        yield f"{declaration.name}({argument})", deprecation


def _faults(deprecation: Deprecation, now: tuple[int, int]) -> Iterator[str]:
    since, removal = spi_version(deprecation.since), spi_version(deprecation.removal)
    if removal <= now:
        yield f"was to go with SPI {deprecation.removal}; remove it"
    if since > now:
        yield f"is announced for SPI {deprecation.since}, which is not yet"
    if removal[0] <= since[0] or removal[1]:
        yield f"announced with SPI {deprecation.since}, it goes with a later major version, not {deprecation.removal}"
