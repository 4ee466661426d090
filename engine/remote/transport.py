"""The seam between what is done on a machine and how it is reached.

Everything in :mod:`serai.engine.remote` is one :class:`Command` a call, so that a transport needs to know nothing of
files, services or facts: it starts one program and hands over two streams.
"""

from collections.abc import Mapping
from enum import Enum
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
        root: whether it runs as root.
        repeatable: whether it does no harm when it is run twice, since a connection broke meanwhile.
    """

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(factory=dict, hash=False, repr=False)
    directories: tuple[str, ...] = ()
    root: bool = False
    repeatable: bool = False


class Limit(Enum):
    """A limit that a command may overrun."""

    TOTAL = "total"
    SILENCE = "silence"


@frozen
class Outcome:
    """How a command ended.

    Attributes:
        status: exit status; 128 + n for signal n, 127 when there is no such program, 126 when it cannot be executed.
        stdout: what it wrote; empty when that went to a file of the caller's.
        stderr: what it wrote.
        seconds: how long it took.
        exceeded: the limit for whose sake it was killed; None when it ended by itself.
        killed: whether it is certain, then, that nothing of it is left.
    """

    status: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    seconds: float
    exceeded: Limit | None = None
    killed: bool = True


@frozen
class HttpRequest:
    """What to ask an HTTP server.

    Attributes:
        url: ``http:`` or ``https:``.
        data: body of the request, or None.
        headers: added to the request.
        method: what to do there.
    """

    url: str
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(factory=dict, hash=False, repr=False)
    method: str = "GET"


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
        silence: float | None = None,
    ) -> Outcome:
        """Run a command, and kill it with all it started when its time is up.

        What a command leaves behind on purpose (a daemon in a session of its own) never delays the return.

        Args:
            command: what to run.
            stdin: its standard input: bytes, or something with a file descriptor; empty when None.
            stdout: a file that takes its standard output, or None to have it in the outcome.
            timeout: seconds.
            silence: seconds without a byte of output; None for no such limit.

        Raises:
            Unreachable: there is no connection, and none can be made; nothing was started.
            ConnectionLost: the machine was lost meanwhile.
            HostKeyRefused: the machine could not prove who it is.
            RootRefused: ``command.root``, and the login may not.
            OperationCancelled: the event that the transport was made with was set; the command was killed.
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
