"""How hosts with Dask answer, for the conformance suite: schedulers that list their workers and retire them."""

import json
import platform
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.settings import SCHEDULER, WORKER
from serai.hookspec.services import Service
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, StoredFile, VirtualClock
from serai.hookspec.testing.fleet.fleet import FACTS

_HELD: Final = "/held"
"""A file on hosts whose workers' data nobody takes."""


def dask_fleet() -> Fleet:
    """Hosts on which Dask can be installed, and runs."""
    fleet = Fleet(
        clock=VirtualClock(),
        facts=evolve(FACTS, python_version=platform.python_version(), architecture=platform.machine()),
    )
    fleet.serve(SERVICE_NAMES[WORKER], lambda host, service, asked: "ok", ports=_dashboard)
    fleet.serve(SERVICE_NAMES[SCHEDULER], lambda host, service, asked: _scheduler(fleet, host, service, asked))
    return fleet


def hold(fleet: Fleet, name: str) -> None:
    """Have no other worker take the data of a host's."""
    fleet.host(name).files[_HELD] = StoredFile(b"", 0o644, "")


def _scheduler(fleet: Fleet, host: FleetHost, service: Service, asked: Asked) -> str:
    workers = _workers(fleet, f"tcp://{host.address}:{_after(service, '--port')}")
    match urlsplit(asked.argv[1]).path:
        case "/health":
            return "ok"
        case "/api/v1/get_workers":
            listed = [{"name": worker.name, "address": address} for address, worker in workers.items()]
            return json.dumps({"num_workers": len(listed), "workers": listed})
        case _:
            wanted = [address for address in json.loads(asked.stdin)["workers"] if address in workers]
            return json.dumps({address: {"status": "closed"} for address in wanted if _retired(workers[address])})


def _workers(fleet: Fleet, scheduler: str) -> dict[str, FleetHost]:
    """The hosts of the workers of a scheduler, by the workers' addresses."""
    found: dict[str, FleetHost] = {}
    for host in fleet.hosts.values():
        worker = host.processes.service(SERVICE_NAMES[WORKER])
        if worker is not None and scheduler in worker.argv:
            found[f"tcp://{host.address}:{_after(worker, '--worker-port')}"] = host
    return found


def _retired(host: FleetHost) -> bool:
    """Have a worker end, unless nobody takes its data."""
    return _HELD not in host.files and host.processes.end(SERVICE_NAMES[WORKER], 0)


def _dashboard(host: FleetHost, service: Service) -> list[int]:
    return [int(_after(service, "--dashboard-address").rpartition(":")[2])]


def _after(service: Service, option: str) -> str:
    return service.argv[service.argv.index(option) + 1]


TESTING: Final = Testing(fleet=dask_fleet, hold=hold, monotone=(WORKER,))
