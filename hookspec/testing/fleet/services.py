"""The services of a host in memory as hooks see them: a round trip a call."""

from collections.abc import Callable, Sequence
from typing import Any

from serai.hookspec.errors import ServiceFailed
from serai.hookspec.services import Service, ServiceStatus
from serai.hookspec.testing.fleet.hosts import FleetHost

Reach = Callable[..., Any]
"""Makes a round trip: its kind, its words, its limit in seconds."""


class FleetServices:
    """Implements :class:`serai.hookspec.services.Services`.

    Args:
        host: whose services.
        reach: makes a round trip to it.
    """

    def __init__(self, host: FleetHost, reach: Reach) -> None:
        self._host = host
        self._processes = host.processes
        self._reach = reach

    def start(self, service: Service) -> bool:
        self._reach("start", service.name, limit=service.ready_timeout)
        return self._processes.start(service, host=self._host.name)

    def stop(self, service: Service | str) -> bool:
        self._reach("stop", _name(service))
        return self._processes.end(_name(service))

    def restart(self, service: Service) -> None:
        self._reach("restart", service.name, limit=service.ready_timeout)
        self._processes.end(service.name)
        self._processes.start(service, host=self._host.name)

    def runs(self, service: Service) -> bool:
        self._reach("runs", service.name)
        return self._processes.runs(service)

    def signal(self, service: Service | str, signal: str) -> None:
        name = _name(service)
        self._reach("signal", name, signal)
        if not self._processes.status(name).is_running:
            raise ServiceFailed(f"{name} does not run", host=self._host.name)
        self._processes.signal(name, signal)

    def status(self, *names: str) -> dict[str, ServiceStatus]:
        self._reach("status", *names)
        return {name: self._processes.status(name) for name in names or self._processes.names}

    def log(self, name: str, *, lines: int = 50, stream: str = "stderr") -> str:
        self._reach("log", name, stream)
        return "\n".join(self._processes.logs.get((name, stream), "").splitlines()[-lines:])

    def remove(self, names: Sequence[str]) -> None:
        self._reach("remove services", *names)
        for name in names:
            self._processes.forget(name)


def _name(service: Service | str) -> str:
    return service if isinstance(service, str) else service.name
