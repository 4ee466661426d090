"""Long-running processes on a machine, as declared by a plugin and looked after by the engine."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from serai.hookspec.sequences import strings


@frozen
class Listening:
    """Ready when something listens on a TCP port of the machine.

    Attributes:
        port: the port.
        address: the address it must listen on; ``""`` for any.
    """

    port: int
    address: str = ""


@frozen
class LogLine:
    """Ready when the service has written a line that contains a text since it was started.

    Attributes:
        text: the text, taken literally.
    """

    text: str


Readiness = Listening | LogLine


def _conditions(items: Iterable[Readiness]) -> tuple[Readiness, ...]:
    return tuple(items)


@frozen
class Service:
    """A process to be run until it is told to stop.

    Attributes:
        name: unique on the instance; letters, digits, ``.``, ``_`` and ``-``.
        argv: program and arguments. Visible to everyone on the host: never a secret.
        env: added to the host's environment. Never a secret either: put those in a file.
        cwd: working directory; the instance's prefix when ``""``.
        ready: every one of these must hold before a start counts as done.
        ready_timeout: how long that may take, in seconds.
        stop_signal: name of the signal that asks it to end.
        stop_timeout: how long it may take to end before it is killed, in seconds.
    """

    name: str
    argv: tuple[str, ...] = field(converter=strings)
    env: Mapping[str, str] = field(factory=dict, hash=False)
    cwd: str = ""
    ready: tuple[Readiness, ...] = field(default=(), converter=_conditions)
    ready_timeout: float = 60.0
    stop_signal: str = "TERM"
    stop_timeout: float = 30.0


class ServiceState(StrEnum):
    RUNNING = "running"
    EXITED = "exited"
    """Ended by itself, or was stopped; ``exit_code`` tells how, where it is known."""
    ABSENT = "absent"
    """Was never started on this instance, or was removed."""


@frozen
class ServiceStatus:
    """How a service is.

    Attributes:
        name: the service's.
        state: running, exited or absent.
        pid: process id while it runs, else 0.
        exit_code: status it ended with (128 + n for signal n), or None when not known.
    """

    name: str
    state: ServiceState
    pid: int = 0
    exit_code: int | None = None

    @property
    def is_running(self) -> bool:
        return self.state is ServiceState.RUNNING


class Services(Protocol):
    """The services of one instance.

    They survive the connection and the engine. A reused process id is never taken for a service's own.
    """

    def start(self, service: Service) -> bool:
        """Start a service and wait until it is ready; does nothing more than wait when it runs already.

        A service that runs with another declaration (argv, env or cwd differ) is restarted.

        Returns:
            True when it was started or restarted by this call.

        Raises:
            ServiceFailed: it ended before it was ready, or was not ready in time; with the tail of its log.
        """
        ...

    def stop(self, service: "Service | str") -> bool:
        """Stop a service and everything it started: its signal first, KILL after its ``stop_timeout``.

        Returns:
            True when it was running.
        """
        ...

    def restart(self, service: Service) -> None:
        """Stop, then start; raises what :meth:`start` raises."""
        ...

    def runs(self, service: Service) -> bool:
        """Whether a service runs, and was started from this very declaration (argv, env and cwd are the same)."""
        ...

    def signal(self, service: "Service | str", signal: str) -> None:
        """Send a signal, by name without SIG, to the service's own process.

        Raises:
            ServiceFailed: it does not run.
        """
        ...

    def status(self, *names: str) -> dict[str, ServiceStatus]:
        """The status of the services named, or of all that were ever started here, in one round trip."""
        ...

    def log(self, name: str, *, lines: int = 50, stream: str = "stderr") -> str:
        """The last lines a service wrote to ``"stdout"`` or ``"stderr"``; ``""`` when there are none."""
        ...

    def remove(self, names: Sequence[str]) -> None:
        """Stop services and forget them: their records and logs."""
        ...
