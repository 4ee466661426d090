"""What is written on the command line, read: ``workers=5``, ``key=value``, and where a job's own arguments begin."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

_PROGRAM_POSITION: Final = 2
"""``job run CLUSTER MAIN …``: everything from the second positional on is the program and its arguments."""


class Misread(ValueError):
    """An argument that cannot be read; the message is for the user."""


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """``["a=1", "b=x=y"]`` as ``{"a": "1", "b": "x=y"}``.

    Raises:
        Misread: one has no name or no ``=``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise Misread(f"{text!r} is not of the form name=value")
        if name in found:
            raise Misread(f"{name!r} is given twice")
        found[name] = value
    return found


def counts(texts: Iterable[str]) -> dict[str, int]:
    """``["workers=5"]`` as ``{"workers": 5}``.

    Raises:
        Misread: one is not of the form ``group=count``, its count is no number, or a group is given twice.
    """
    found = pairs(texts)
    for name, value in found.items():
        if not (value.isascii() and value.isdecimal()):
            raise Misread(f"{name}={value}: the count must be a number, 0 or more")
    return {name: int(value) for name, value in found.items()}


def names(text: str) -> list[str]:
    """``"a, b"`` as ``["a", "b"]``."""
    return [name for part in text.split(",") if (name := part.strip())]


def split_program(arguments: Sequence[str], with_value: Collection[str]) -> tuple[list[str], list[str]]:
    """Part a command's options from the cluster, the program and the program's own arguments.

    Whatever follows the program is the program's, even when it looks like an option.

    Args:
        arguments: as typed after ``job run``.
        with_value: the options that take a value, such as ``--type``.

    Returns:
        (options with their values, ``[cluster, program, argument…]``).
    """
    options: list[str] = []
    positionals: list[str] = []
    rest = list(arguments)
    while rest and len(positionals) < _PROGRAM_POSITION:
        word = rest.pop(0)
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            positionals.append(word)
            continue
        options.append(word)
        if word in with_value and rest:
            options.append(rest.pop(0))
    return options, [*positionals, *rest]
