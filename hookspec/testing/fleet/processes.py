"""The services of a host in memory: which run, what listens, what they wrote. Nothing here takes time."""

import signal
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from attrs import define, field

from serai.hookspec.errors import ServiceFailed
from serai.hookspec.services import Listening, Service, ServiceState, ServiceStatus


@define(eq=False)
class _Process:
    service: Service
    pid: int
    exit_code: int | None = None
    signals: list[str] = field(factory=list)

    @property
    def runs(self) -> bool:
        return self.exit_code is None


class Processes:
    """The services of one host.

    Args:
        begin: what a service does first, by its declaration; gives what it writes to ``stderr`` before it ends, or
            ``""`` where it goes on.

    Attributes:
        broken: services that end as soon as they are started, each with what it writes to ``stderr`` before.
        logs: what services wrote, by name and stream.
    """

    def __init__(self, begin: Callable[[Service], str] = lambda service: "") -> None:
        self._begin = begin
        self.broken: Final[dict[str, str]] = {}
        self.logs: Final[dict[tuple[str, str], str]] = {}
        self._known: dict[str, _Process] = {}
        self._pids = count(1000)

    @property
    def listeners(self) -> dict[int, str]:
        """The ports on which something listens, with the service it is: those that services declare to be ready by."""
        return {
            condition.port: name
            for name, process in self._known.items()
            if process.runs
            for condition in process.service.ready
            if isinstance(condition, Listening)
        }

    def start(self, service: Service, *, host: str) -> bool:
        """Start a service; False when it ran already, as it is declared.

        Raises:
            ServiceFailed: it is broken, or another one has its port.
        """
        if runs := self.runs(service):
            reason = self._taken(service)
            if service.ready:  # what is waited for now may not have been the first time
                self._known[service.name].service = service
        else:
            self.end(service.name)
            self._known[service.name] = _Process(service, next(self._pids))
            reason = self.broken.get(service.name) or self._taken(service) or self._begin(service)
        if reason:
            self.end(service.name, 1)
            self.logs[service.name, "stderr"] = reason
            raise ServiceFailed(f"{service.name} ended with status 1", host=host, details={"log": reason})
        return not runs

    def runs(self, service: Service) -> bool:
        """Whether a service runs as it is declared."""
        known = self._known.get(service.name)
        return known is not None and known.runs and _declared(known.service) == _declared(service)

    def end(self, name: str, exit_code: int = 143) -> bool:
        """Have a service end, as if by itself; whether it ran."""
        process = self._known.get(name)
        if process is None or not process.runs:
            return False
        process.exit_code = exit_code
        return True

    def signal(self, name: str, signal_name: str) -> None:
        """Send a signal. KILL ends a service; what it makes of any other is its own affair."""
        if name in self._known:
            self._known[name].signals.append(signal_name)
        if signal.Signals[f"SIG{signal_name}"] is signal.SIGKILL:
            self.end(name, 128 + signal.SIGKILL)

    def status(self, name: str) -> ServiceStatus:
        """How a service is."""
        process = self._known.get(name)
        if process is None:
            return ServiceStatus(name, ServiceState.ABSENT)
        if process.runs:
            return ServiceStatus(name, ServiceState.RUNNING, process.pid)
        return ServiceStatus(name, ServiceState.EXITED, exit_code=process.exit_code)

    def signals_of(self, name: str) -> tuple[str, ...]:
        """The signals a service was sent since it was started."""
        return tuple(self._known[name].signals) if name in self._known else ()

    def service(self, name: str) -> Service | None:
        """The declaration of a service that runs; None where it does not."""
        process = self._known.get(name)
        return process.service if process is not None and process.runs else None

    @property
    def names(self) -> Sequence[str]:
        """The services that were ever started."""
        return sorted(self._known)

    def forget(self, name: str) -> None:
        """End a service, and know nothing of it any more."""
        self._known.pop(name, None)
        for stream in ("stdout", "stderr"):
            self.logs.pop((name, stream), None)

    def clear(self) -> None:
        """Forget all."""
        for name in self.names:
            self.forget(name)

    def _taken(self, service: Service) -> str:
        wanted = {condition.port for condition in service.ready if isinstance(condition, Listening)}
        for name, other in self._known.items():
            for condition in other.service.ready if other.runs and name != service.name else ():
                if isinstance(condition, Listening) and condition.port in wanted:
                    return f"port {condition.port} is in use by {name}"
        return ""


def _declared(service: Service) -> tuple[object, ...]:
    """What a service is restarted for when it changes."""
    return service.argv, dict(service.env), service.cwd
