"""From what a caller asks to a command, and from its outcome to a result or an error. Nothing here has effects."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.engine.remote.transport import Limit, Outcome
from serai.hookspec.errors import CommandFailed, DeadlineExceeded
from serai.hookspec.remote import CompletedCommand
from serai.hookspec.secrets import Secret

NOT_EXECUTABLE: Final = 126
NOT_FOUND: Final = 127
_SHOWN_LINES: Final = 20
_SHOWN_ARGUMENT: Final = 200


def checked_argv(argv: Sequence[object]) -> tuple[str, ...]:
    """The argument list, if it can be one.

    Raises:
        TypeError: an argument is no string; above all when it is a Secret.
        ValueError: there is no program, or an argument holds a NUL.
    """
    for argument in argv:
        if isinstance(argument, Secret):
            raise TypeError("a Secret cannot be an argument, since everyone on the host could read it: use stdin")
        if not isinstance(argument, str):
            raise TypeError(f"arguments are strings, not {type(argument).__name__}")
        if "\0" in argument:
            raise ValueError("an argument cannot hold a NUL")
    arguments = tuple(argument for argument in argv if isinstance(argument, str))
    if not arguments or not arguments[0]:
        raise ValueError("no program to run")
    return arguments


def checked_env(env: Mapping[str, object]) -> dict[str, str]:
    """The environment, if it can be one.

    Raises:
        TypeError: a value is no string; above all when it is a Secret.
        ValueError: a name cannot be one.
    """
    checked: dict[str, str] = {}
    for name, value in env.items():
        if isinstance(value, Secret):
            raise TypeError(f"{name}: a Secret cannot be in the environment: put it into a file, or use stdin")
        if not isinstance(value, str):
            raise TypeError(f"{name}: values of the environment are strings, not {type(value).__name__}")
        if not name or name.startswith("-") or "=" in name or "\0" in name + value:
            raise ValueError(f"not a name or value for the environment: {name!r}")
        checked[name] = value
    return checked


def stdin_bytes(stdin: str | bytes | Secret | None) -> bytes | None:
    """Standard input as bytes."""
    if isinstance(stdin, Secret):
        return stdin.reveal().encode()
    return stdin.encode() if isinstance(stdin, str) else stdin


def text(data: bytes) -> str:
    """Bytes for people: what is not UTF-8 appears as ``\\xNN``."""
    return data.decode("utf-8", "backslashreplace")


def completed(argv: tuple[str, ...], outcome: Outcome) -> CompletedCommand:
    """An outcome as the caller sees it."""
    return CompletedCommand(argv, outcome.status, text(outcome.stdout), text(outcome.stderr), outcome.seconds)


def failure(
    outcome: Outcome,
    argv: Sequence[str],
    *,
    host: str,
    timeout: float,
    silence: float | None = None,
    title: str = "",
) -> CommandFailed | DeadlineExceeded | None:
    """What is wrong with an outcome; None when nothing is.

    Args:
        outcome: how the command ended.
        argv: what was run.
        host: where.
        timeout: its limit, in seconds.
        silence: the limit of its silence, in seconds.
        title: what to call it; the program's name when ``""``.
    """
    if outcome.status == 0 and outcome.exceeded is None:
        return None
    name = title or argv[0]
    stderr = _last_lines(outcome.stderr)
    details = {
        "argv": [_shortened(argument) for argument in argv],
        "status": outcome.status,
        "stdout": _last_lines(outcome.stdout),
        "stderr": stderr,
    }
    if outcome.exceeded is not None:
        details["limit"] = silence if outcome.exceeded is Limit.SILENCE else timeout
        message, hint = _overrun(outcome.exceeded, timeout, silence)
        end = "killed" if outcome.killed else "and could not be killed, since the machine does not answer"
        return DeadlineExceeded(f"{name}: {message}, {end}", host=host, details=details, hint=hint)
    said = f": {stderr[-1]}" if stderr else ""
    return CommandFailed(
        f"{name}: status {outcome.status}{said}", host=host, details=details, hint=_hint(outcome.status, name)
    )


def _overrun(limit: Limit, timeout: float, silence: float | None) -> tuple[str, str]:
    if limit is Limit.SILENCE:
        return f"silent for {silence:g} s", "raise its limit of silence, or see why it hangs"
    return f"not done within {timeout:g} s", "raise its timeout, or see why it hangs"


def _hint(status: int, name: str) -> str:
    if status == NOT_FOUND:
        return f"install {name} on the machine, or put its directory on the PATH"
    if status == NOT_EXECUTABLE:
        return f"see whether {name} is a program, and may be executed"
    return "details has the last lines of both streams"


def _last_lines(data: bytes) -> list[str]:
    # A slice first: of a very long output only the end is decoded.
    return [line for line in text(data[-64 * 1024 :]).splitlines() if line.strip()][-_SHOWN_LINES:]


def _shortened(argument: str) -> str:
    return argument if len(argument) <= _SHOWN_ARGUMENT else argument[:_SHOWN_ARGUMENT] + "…"
