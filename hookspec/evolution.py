"""What of a version of the contract goes out of use: who uses it, and what should be gone by now."""

from collections.abc import Iterable, Iterator, Mapping

from serai.hookspec.deprecation import Deprecation, spi_version
from serai.hookspec.semantics import Declaration


def uses(declaration: Declaration, arguments: Iterable[str]) -> Iterator[str]:
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


def overdue(declarations: Mapping[str, Declaration], version: str) -> list[str]:
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


def _deprecations(declaration: Declaration) -> Iterator[tuple[str, Deprecation]]:
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
