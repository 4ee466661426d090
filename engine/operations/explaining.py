"""What went wrong, told one place at a time: an error with all it is made of, flattened. Nothing here has effects."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from serai.hookspec.errors import SeraiError, briefly
from serai.hookspec.log_tails import telling

_TAIL: Final = 20
"""How many of the last lines of a stream are kept."""

_CAUSES: Final = 5

_FACTS: Final = frozenset({"step", "argv", "status", "stdout", "stderr", "service", "exit_code", "log", "limit"})
"""Details that hold for an error that was raised from another, too."""


@frozen
class FailureFinding:
    """One thing that went wrong, in one place; what is not known is empty.

    Attributes:
        code: the error's stable code.
        message: what is wrong.
        operation, phase, step: when.
        host: on which instance.
        place: where else: a path in a document, what was waited for.
        plugin: whose hook it came out of, and which hook.
        command: the command that failed, its secrets masked.
        status: the exit status of that command or service.
        stdout, stderr: the last lines the command wrote.
        service: the service it is about.
        log: the last lines of that service's own log.
        limit: the limit that passed, in seconds.
        causes: what it came from, where that says more.
        hint: what to do next.
    """

    code: str
    message: str
    operation: str = ""
    phase: str = ""
    step: str = ""
    host: str = ""
    place: str = ""
    plugin: str = ""
    command: str = ""
    status: int | None = None
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()
    service: str = ""
    log: tuple[str, ...] = ()
    limit: float | None = None
    causes: tuple[str, ...] = ()
    hint: str = ""

    @property
    def reason(self) -> str:
        """What is wrong without where: failures of the same kind have the same."""
        return f"[{self.code}] {self.message.partition(chr(10))[0]}"


def findings(error: Mapping[str, Any], **known: Any) -> tuple[FailureFinding, ...]:
    """Everything that an error tells of, the first the most important.

    Args:
        error: as of ``SeraiError.to_dict``, raised or stored. Plugins put into details what they like: what is not of
            the shape that is expected is passed over.
        known: what is known of it already, as fields of :class:`FailureFinding`.

    Returns:
        One for each host that a step failed on, for each mistake in a document, or for the error itself; then one for
        each service that was found dead.
    """
    details = _mapping(error.get("details"))
    where = known | {name: told for name in _WHERE if isinstance(told := details.get(name), str) and told}
    if members := _members(details.get("hosts")):
        step = {"step": error.get("place", "")} | where
        found = [each for host, member in members for each in findings(member, **{**step, "host": host})]
    elif problems := error.get("errors"):
        found = [_finding({**problem, "place": problem.get("path", "")}, where) for problem in problems]
    else:
        found = [_finding(error, where)]
    dead = _members(details.get("evidence"))
    return (*found, *(_finding(member, {**where, "host": host}) for host, member in dead))


_WHERE: Final = ("operation", "phase", "step", "host")


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _members(told: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Errors by host, if that is what it is."""
    return [(host, member) for host, member in _mapping(told).items() if isinstance(member, Mapping)]


def _finding(error: Mapping[str, Any], where: Mapping[str, Any]) -> FailureFinding:
    details = _mapping(error.get("details"))
    place = str(error.get("place", ""))
    status, limit = details.get("status", details.get("exit_code")), details.get("limit")
    return FailureFinding(
        code=str(error.get("code", "")),
        message=str(error.get("message", "")),
        place="" if place in where.values() else place,
        plugin=_plugin(_mapping(error.get("origin"))),
        command=_command(details.get("argv")),
        status=status if isinstance(status, int) else None,
        stdout=_lines(details.get("stdout"))[-_TAIL:],
        stderr=_lines(details.get("stderr"))[-_TAIL:],
        service=str(details.get("service") or ""),
        log=tuple(telling("\n".join(_lines(details.get("log")))).splitlines()),
        limit=limit if isinstance(limit, int | float) else None,
        causes=_lines(details.get("causes")),
        hint=str(error.get("hint", "")),
        **where,
    )


def _plugin(origin: Mapping[str, str]) -> str:
    hook = f" in {origin['hook']}" if origin.get("hook") else ""
    return f"{origin.get('plugin', '')}{hook}"


def _command(argv: Any) -> str:
    return shlex.join(map(str, argv)) if isinstance(argv, list | tuple) else str(argv or "")


def _lines(said: Any) -> tuple[str, ...]:
    if isinstance(said, str):
        return tuple(said.rstrip().splitlines())
    return tuple(map(str, said)) if isinstance(said, list | tuple) else ()


def in_short(failure: BaseException) -> dict[str, Any]:
    """An error as events and journals tell it: what, and what to do next."""
    if not isinstance(failure, SeraiError):
        return {"code": "INTERNAL_ERROR", "message": briefly(failure)}
    told = {"code": failure.code, "message": failure.message, "hint": failure.hint}
    return {name: value for name, value in told.items() if value}


def with_causes(error: BaseException) -> BaseException:
    """The error; what it was raised from is kept in its details, where it says more: as text, and the facts it had."""
    if not isinstance(error, SeraiError):
        return error
    chain = list(_chain(error))
    if told := list(_new(error.message, chain)):
        error.details.setdefault("causes", told[:_CAUSES])
    for cause in chain:
        if isinstance(cause, SeraiError):
            for name in _FACTS & cause.details.keys():
                error.details.setdefault(name, cause.details[name])
    if host := getattr(error, "host", ""):
        error.details.setdefault("host", host)
    return error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What an error came from, the nearest first."""
    seen = {id(error)}
    while (cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        if id(cause) in seen:
            return
        seen.add(id(cause))
        yield cause
        error = cause


def _new(told: str, causes: Iterable[BaseException]) -> Iterator[str]:
    """Those whose text was not told yet."""
    for cause in causes:
        text = cause.message if isinstance(cause, SeraiError) else str(cause)
        if text and text not in told:
            yield f"{type(cause).__name__}: {text}"
            told += text
