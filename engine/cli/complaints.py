"""Errors as text: what, where, why, and what to do next. Works on ``SeraiError.to_dict``, as raised or as stored."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from serai.engine.cli.printable import printable
from serai.hookspec.log_tails import telling

_STREAMS: Final = ("stdout", "stderr", "log")
_TAIL_LINES: Final = 20
"""How many of the last lines of a stream are shown."""

_MEMBERS: Final = frozenset({"hosts", "faults"})
"""Details that repeat the members of an error whose message lists them, too."""

_HOSTS_IN_FULL: Final = 3
_HOSTS_TOLD: Final = 10
"""Hosts fail alike, mostly."""

_LONGEST: Final = 1000
"""Characters of what is said of an error: more than that quotes what is no name; ``--json`` has all of it."""

_INDENT: Final = "  "
_PLACED: Final = ("operation", "phase", "step", "host", "instance")
"""Details that say where, in the order they are told."""


def complaint(error: Mapping[str, Any]) -> str:
    """An error as text of several lines.

    Args:
        error: as of ``SeraiError.to_dict``.
    """
    return printable("\n".join(_lines(error)))


def _lines(error: Mapping[str, Any]) -> Iterator[str]:
    details = dict(error.get("details", {}))
    yield f"{_short(_placed(_message(error), error.get('place', '')))}  [{error['code']}]"
    yield from _indented(_where(error, details))
    yield from _indented(_problems(error))
    yield from _indented(_hosts(details.pop("hosts", {})))
    yield from _indented(_hosts(details.pop("evidence", {})))
    yield from _indented(_facts(details))
    if hint := error.get("hint"):
        yield f"{_INDENT}hint: {_short(hint)}"


def _message(error: Mapping[str, Any]) -> str:
    """Without the list that errors with members append for those who only print them: it is told in full below."""
    message = str(error.get("message", ""))
    told_below = "errors" in error or not _MEMBERS.isdisjoint(error.get("details", {}))
    return message.partition("\n")[0].rstrip(":") if told_below else message


def _placed(message: str, place: str) -> str:
    """The message after the place it is about, unless it names that place itself."""
    return f"{place}: {message}" if place and place not in message else message


def _short(text: str) -> str:
    """The text, with the middle left out of one that nobody would read to its end."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} …{len(text) - 2 * half} characters… {text[-half:]}"


def _where(error: Mapping[str, Any], details: dict[str, Any]) -> Iterator[str]:
    for name in _PLACED:
        value = details.pop(name, "")
        if value and value != error.get("place"):
            yield f"{name}: {value}"
    if origin := error.get("origin"):
        yield f"plugin: {_origin(origin)}"


def _origin(origin: Mapping[str, str]) -> str:
    package = " ".join(filter(None, (origin.get("distribution"), origin.get("version"))))
    hook = f" in {origin['hook']}" if origin.get("hook") else ""
    return f"{origin.get('plugin', '')}{f' ({package})' if package else ''}{hook}"


def _problems(error: Mapping[str, Any]) -> Iterator[str]:
    """The members of a ValidationFailed."""
    for problem in error.get("errors", ()):
        path = problem.get("path", "")
        yield f"{_short(f'{path}: ' if path else '')}{_short(problem.get('message', ''))}  [{problem.get('code', '')}]"
        if hint := problem.get("hint"):
            yield f"{_INDENT}hint: {_short(hint)}"


def _hosts(hosts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The members of a HostsFailed: each an error of its own."""
    told_of = list(hosts.items())[:_HOSTS_TOLD]
    for number, (host, failure) in enumerate(told_of):
        told = {**failure, "place": "" if failure.get("place") == host else failure.get("place", "")}
        first, *rest = _lines(told)
        yield f"{host}: {first}"
        if number < _HOSTS_IN_FULL:
            yield from rest
    if len(hosts) > _HOSTS_TOLD:
        yield f"and {len(hosts) - _HOSTS_TOLD} more"
    if len(hosts) > _HOSTS_IN_FULL:
        yield f"({len(told_of) - _HOSTS_IN_FULL} of them in short; --json has everything)"


def _facts(details: Mapping[str, Any]) -> Iterator[str]:
    for name, value in details.items():
        if name in _STREAMS:
            yield from _stream(name, value)
        elif name == "argv":
            yield f"command: {shlex.join(map(str, value))}"
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _listed(name, value)
        elif value not in ("", None, {}):
            yield f"{name}: {value}"


def _listed(name: str, values: Sequence[Any]) -> Iterator[str]:
    if values:
        yield f"{name}:"
        yield from _indented(map(str, values))


def _stream(name: str, said: str | Sequence[str]) -> Iterator[str]:
    text = said if isinstance(said, str) else "\n".join(map(str, said or ()))
    lines = telling(text).splitlines() if name == "log" else text.rstrip().splitlines()[-_TAIL_LINES:]
    if lines:
        yield f"{name}:"
        yield from (f"{_INDENT}| {line}" for line in lines)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{_INDENT}{line}" for line in lines)
