"""What hosts in memory answer to commands: rules, the newest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import field, frozen

from serai.hookspec.remote import CompletedCommand
from serai.hookspec.secrets import Secret

if TYPE_CHECKING:
    from serai.hookspec.testing.fleet.hosts import FleetHost


@frozen
class Asked:
    """A command, as a host in memory is asked to run it.

    Attributes:
        argv: program and arguments; of a script ``("sh", "-c", text, "sh", *args)``, of a question to an HTTP server
            its method and URL: ``("GET", url)``.
        stdin: its standard input, or the body of the request.
        env: added to the host's environment.
        cwd: working directory.
        root: whether it is to run as root.
    """

    argv: tuple[str, ...]
    stdin: bytes = field(default=b"", repr=False)
    env: Mapping[str, str] = field(factory=dict, hash=False)
    cwd: str = ""
    root: bool = False


Pattern = Sequence[str] | Callable[[Asked], bool]
"""Which commands a rule is for: how their argument lists begin, or a predicate."""

Answer = CompletedCommand | Callable[["FleetHost", Asked], CompletedCommand]
"""What a rule answers: always the same, or what a function of host and command gives. It may raise."""


def said(stdout: str = "", *, stderr: str = "", status: int = 0) -> CompletedCommand:
    """How a command ended, for rules: the one who asked fills in what was run."""
    return CompletedCommand((), status, stdout, stderr)


class Rules:
    """What hosts answer. Rules may be added while hosts are asked."""

    def __init__(self) -> None:
        self._rules: list[tuple[Pattern, Answer]] = []

    def add(self, pattern: Pattern, answer: Answer) -> None:
        """Add a rule that goes before those that are there."""
        self._rules.insert(0, (pattern, answer))

    def answer(self, host: "FleetHost", asked: Asked) -> CompletedCommand | None:
        """What the first rule that fits answers; None when none does."""
        for pattern, answer in tuple(self._rules):
            if _fits(pattern, asked):
                return answer if isinstance(answer, CompletedCommand) else answer(host, asked)
        return None


def _fits(pattern: Pattern, asked: Asked) -> bool:
    if callable(pattern):
        return pattern(asked)
    if isinstance(pattern, str):
        raise TypeError(f"a list of arguments is wanted, not the string {pattern!r}")
    return asked.argv[: len(pattern)] == tuple(pattern)


def is_http(asked: Asked) -> bool:
    """Whether it is a question to an HTTP server."""
    return len(asked.argv) == 2 and urlsplit(asked.argv[1]).scheme in ("http", "https")


def checked_argv(argv: Sequence[object]) -> tuple[str, ...]:
    """The argument list, if a real machine would take it.

    Raises:
        TypeError: an argument is no string; above all when it is a Secret.
        ValueError: there is no program.
    """
    arguments = tuple(argument for argument in argv if isinstance(argument, str))
    if len(arguments) != len(argv):
        raise TypeError("arguments are strings; a Secret goes to stdin")
    if not arguments or not arguments[0]:
        raise ValueError("no program to run")
    return arguments


def as_bytes(content: str | bytes | Secret | None) -> bytes:
    """Text, bytes or a secret as bytes."""
    if isinstance(content, Secret):
        content = content.reveal()
    return content.encode() if isinstance(content, str) else content or b""
