"""The seam between what is done on a machine and how it is reached.

Everything in :mod:`serai.engine.remote` is one :class:`Command` a call, so that a transport needs to know nothing of
files, services or facts: it starts one program and hands over two streams.
"""

from collections.abc import Mapping
from typing import IO, Any, Protocol

from attrs import field, frozen


@frozen
class Command:
    """One program to be run on the machine.

    Attributes:
        argv: program and arguments.
        cwd: working directory, absolute.
        env: added to the host's environment.
        directories: made first, with their parents, where they are missing.
    """

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(factory=dict, hash=False, repr=False)
    directories: tuple[str, ...] = ()


@frozen
class Outcome:
    """How a command ended.

    Attributes:
        status: exit status; 128 + n for signal n, 127 when there is no such program, 126 when it cannot be executed.
        stdout: what it wrote; empty when that went to a file of the caller's.
        stderr: what it wrote.
        seconds: how long it took.
        overdue: whether it was killed because its time was up.
    """

    status: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    seconds: float
    overdue: bool = False


@frozen
class HttpRequest:
    """What to ask an HTTP server.

    Attributes:
        url: ``http:`` or ``https:``.
        data: body of a POST; None for a GET.
        headers: added to the request.
    """

    url: str
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(factory=dict, hash=False, repr=False)


@frozen
class HttpAnswer:
    """What an HTTP server said."""

    status: int
    reason: str
    body: bytes = field(repr=False)


class Transport(Protocol):
    """A way to one machine. Safe to be used by several threads at once."""

    @property
    def host(self) -> str:
        """What errors call the machine."""
        ...

    @property
    def shares_files(self) -> bool:
        """Whether the machine sees the engine's own file system."""
        ...

    @property
    def machine(self) -> Any:
        """The plumbum machine underneath."""
        ...

    def execute(
        self,
        command: Command,
        *,
        stdin: bytes | IO[bytes] | None,
        stdout: IO[bytes] | None,
        timeout: float,
    ) -> Outcome:
        """Run a command, and kill it with all it started when its time is up.

        What a command leaves behind on purpose (a daemon in a session of its own) never delays the return.

        Args:
            command: what to run.
            stdin: its standard input: bytes, or something with a file descriptor; empty when None.
            stdout: a file that takes its standard output, or None to have it in the outcome.
            timeout: seconds.

        Raises:
            RemoteError: the machine cannot be reached, or was lost meanwhile.
        """
        ...

    def http(self, request: HttpRequest, *, timeout: float) -> HttpAnswer:
        """Ask an HTTP server as seen from the machine, whatever status it answers with.

        Raises:
            RemoteError: no connection.
            DeadlineExceeded: the limit passed.
        """
        ...

    def close(self) -> None:
        """Let go of the machine. What runs there goes on."""
        ...
