"""Checks of single values in a document: what is wrong with each. Nothing is converted: ``"22"`` is no port."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Final

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh.host_keys import parse_host_key


@frozen
class Flaw:
    """Something wrong with a value.

    Attributes:
        message: what.
        hint: what to do about it.
        step: where within the value: ``[2]`` for the third item of a list.
    """

    message: str
    hint: str = ""
    step: str = ""


Check = Callable[[Any], Iterator[Flaw]]
"""Yields what is wrong with a value; nothing for a good one."""

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_WORD: Final = re.compile(r"[^\s,]+")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9:_][A-Za-z0-9.:_%-]*")
_USER: Final = re.compile(r"[A-Za-z0-9_.\\][A-Za-z0-9_.\\+$-]*")
_HOST_LENGTH: Final = 253
_PORTS: Final = 65535


def matching(pattern: re.Pattern[str], what: str, hint: str = "") -> Check:
    """A string that a pattern matches as a whole."""

    def check(value: Any) -> Iterator[Flaw]:
        if type(value) is not str:
            quoted = f"quote it: '{value}'" if type(value) in (int, float) else ""
            yield Flaw(f"must be a string (got {value!r})", quoted)
        elif not pattern.fullmatch(value) or len(value) > _HOST_LENGTH:
            yield Flaw(f"must be {what} (got {value!r})", hint)

    return check


def whole_number(least: int, most: int | None = None) -> Check:
    """An integer within limits."""
    limits = f"at least {least}" if most is None else f"from {least} to {most}"

    def check(value: Any) -> Iterator[Flaw]:
        if type(value) is not int or value < least or (most is not None and value > most):
            yield Flaw(f"must be an integer, {limits} (got {value!r})")

    return check


def list_of(item: Check) -> Check:
    """A list whose items are all good, none of them twice."""

    def check(value: Any) -> Iterator[Flaw]:
        if type(value) is not list:
            yield Flaw(f"must be a list (got {value!r})")
            return
        for index, each in enumerate(value):
            flaws = list(item(each))
            if not flaws and each in value[:index]:
                flaws = [Flaw(f"is there twice (got {each!r})", "keep one of them")]
            yield from (Flaw(flaw.message, flaw.hint, f"[{index}]{flaw.step}") for flaw in flaws)

    return check


def true_or_false(value: Any) -> Iterator[Flaw]:
    """A boolean."""
    if type(value) is not bool:
        yield Flaw(f"must be true or false (got {value!r})")


def seconds(value: Any) -> Iterator[Flaw]:
    """A positive number."""
    if type(value) not in (int, float) or not 0 < value < float("inf"):
        yield Flaw(f"must be a positive number of seconds (got {value!r})")


def path(value: Any) -> Iterator[Flaw]:
    """An absolute path below ``/``, without detours."""
    yield from _path_flaws(value, value)


def home_path(value: Any) -> Iterator[Flaw]:
    """The same, or a path below a home directory: ``~/data``."""
    below_home = value[1:] if isinstance(value, str) and value.startswith("~/") else value
    yield from _path_flaws(value, below_home)


def _path_flaws(value: Any, path: Any) -> Iterator[Flaw]:
    if type(value) is not str:
        yield Flaw(f"must be a path (got {value!r})")
    elif not path.startswith("/") or path.startswith("//") or path != posixpath.normpath(path) or path == "/":
        yield Flaw(f"must be an absolute path, without '..' and not '/' itself (got {value!r})")
    elif not path.isprintable():
        yield Flaw(f"must have printable characters alone (got {value!r})")


def _one_host_key(value: Any) -> Iterator[Flaw]:
    if type(value) is not str:
        yield Flaw(f"must be a string (got {value!r})")
        return
    try:
        parse_host_key(value)
    except ValueError as error:
        yield Flaw(f"{error} (got {value!r})", "give the line that ssh-keyscan prints, once it is verified")


def host_key(value: Any) -> Iterator[Flaw]:
    """A host key, or a list of them with at least one."""
    if type(value) is not list:
        yield from _one_host_key(value)
    elif not value:
        yield Flaw("must have at least one key")
    else:
        yield from list_of(_one_host_key)(value)


name: Final = matching(_NAME, "letters, digits, '.', '_' and '-', with a letter or digit at both ends")
word: Final = matching(_WORD, "one word, without blanks and commas")
address: Final = matching(
    _ADDRESS, "an IP address, a host name or an alias of ssh_config", "user and port have fields of their own"
)
user: Final = matching(_USER, "the name of a login")
port: Final = whole_number(1, _PORTS)


def meant(wrong: str, known: Iterable[str]) -> str:
    """A hint at what an unknown name may mean: the nearest known one, else all of them."""
    names = sorted(known)
    near = get_close_matches(wrong, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(names)}"
