"""A transport that asks before each command whether one may be run."""

from collections.abc import Callable
from typing import IO, Any

from attrs import field, frozen

from serai.engine.remote.transport import Command, HttpAnswer, HttpRequest, Outcome, Transport


@frozen(eq=False)
class Permitted:
    """The same way to a machine, for who may lose the right to act.

    What runs when the right is lost is killed by other means: this keeps the next command from being begun.

    Attributes:
        transport: the way.
        permit: called before each command; raises when none may be run any more.
    """

    transport: Transport
    permit: Callable[[], None] = field(repr=False)

    @property
    def host(self) -> str:
        return self.transport.host

    @property
    def shares_files(self) -> bool:
        return self.transport.shares_files

    @property
    def machine(self) -> Any:
        return self.transport.machine

    def execute(
        self,
        command: Command,
        *,
        stdin: bytes | IO[bytes] | None,
        stdout: IO[bytes] | None,
        timeout: float,
        silence: float | None = None,
    ) -> Outcome:
        self.permit()
        return self.transport.execute(command, stdin=stdin, stdout=stdout, timeout=timeout, silence=silence)

    def http(self, request: HttpRequest, *, timeout: float) -> HttpAnswer:
        self.permit()
        return self.transport.http(request, timeout=timeout)

    def close(self) -> None:
        self.transport.close()
