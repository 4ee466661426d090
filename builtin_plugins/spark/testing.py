"""How hosts with Spark answer, for the conformance suite: masters and workers that say how they are."""

import json
import platform
from typing import Any, Final

from attrs import evolve

from serai.builtin_plugins.spark.daemons import SERVICE_NAMES
from serai.builtin_plugins.spark.master import ALIVE, DECOMMISSIONED
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.hookspec.facts import JavaRuntime
from serai.hookspec.services import Service
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Fleet, FleetHost, StoredFile, VirtualClock, said
from serai.hookspec.testing.fleet.fleet import FACTS

_HELD: Final = "/held"
"""A file on hosts whose executors do not end."""

_JOINS_WITHIN: Final = 1.0
"""Seconds from when a master is first asked about a worker."""


def spark_fleet() -> Fleet:
    """Hosts with a Java, on which Spark can be installed, and runs."""
    java = JavaRuntime("/usr/lib/jvm/java-17", "17.0.15")
    fleet = Fleet(clock=VirtualClock(), facts=evolve(FACTS, java=java, architecture=platform.machine()))
    fleet.answer(["sh", "-c"], said("made\n"))
    joining = _Joining(fleet)
    fleet.serve(SERVICE_NAMES[MASTER], lambda host, service, asked: json.dumps(_master(joining, host, service)))
    fleet.serve(SERVICE_NAMES[WORKER], lambda host, service, asked: json.dumps(_worker(host, service)))
    return fleet


def hold(fleet: Fleet, name: str) -> None:
    """Have an executor of a host's worker go on for ever."""
    fleet.host(name).files[_HELD] = StoredFile(b"", 0o644, "")


class _Joining:
    """Which workers have joined their masters: a worker listens at once, and is listed a moment after."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._begun: dict[tuple[str, int | None], float] = {}

    def joined(self, url: str) -> list[tuple[FleetHost, Service]]:
        """The workers of a master, with their hosts."""
        workers = ((host, host.processes.service(SERVICE_NAMES[WORKER])) for host in self._fleet.hosts.values())
        return [(host, each) for host, each in workers if each and url in each.argv and self._has_joined(host, each)]

    def _has_joined(self, host: FleetHost, worker: Service) -> bool:
        now, process = self._fleet.clock.now(), (host.name, host.processes.status(worker.name).pid)
        return now - self._begun.setdefault(process, now) >= _JOINS_WITHIN


def _master(joining: _Joining, host: FleetHost, service: Service) -> dict[str, Any]:
    url = f"spark://{host.address}:{_after(service, '--port')}"
    workers = [_listed(other, worker) for other, worker in joining.joined(url)]
    alive = sum(worker["state"] == ALIVE for worker in workers)
    return {
        "url": url,
        "workers": workers,
        "aliveworkers": alive,
        "activeapps": [],
        "activedrivers": [],
        "status": ALIVE,
    }


def _listed(host: FleetHost, worker: Service) -> dict[str, Any]:
    signals = host.processes.signals_of(worker.name)
    return {
        "id": _id(host, worker),
        "host": host.address,
        "port": int(_after(worker, "--port")),
        "webuiaddress": f"http://{host.address}:{_after(worker, '--webui-port')}",
        "cores": int(_after(worker, "--cores", "1")),
        "memory": int(_after(worker, "--memory", "1024m").removesuffix("m")),
        "state": DECOMMISSIONED if "PWR" in signals else ALIVE,
    }


def _worker(host: FleetHost, worker: Service) -> dict[str, Any]:
    return {"id": _id(host, worker), "executors": [{"id": 0}] if _HELD in host.files else []}


def _id(host: FleetHost, worker: Service) -> str:
    return f"worker-{host.address}-{_after(worker, '--port')}"


def _after(service: Service, option: str, default: str = "") -> str:
    argv = service.argv
    return argv[argv.index(option) + 1] if option in argv else default


TESTING: Final = Testing(fleet=spark_fleet, hold=hold, monotone=(WORKER,))
