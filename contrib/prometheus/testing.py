"""How hosts with Prometheus answer, for the conformance suite: what it is told of is up where something listens."""

import json
from typing import Final

from serai.contrib.prometheus.daemons import SERVICE_NAMES
from serai.contrib.prometheus.settings import PROMETHEUS
from serai.hookspec.services import Service
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost

_CONFIG: Final = "--config.file="


def join(fleet: Fleet) -> None:
    """Have Prometheus answer on hosts that others' processes run on."""
    fleet.serve(SERVICE_NAMES[PROMETHEUS], lambda host, service, asked: _targets(fleet, host, service, asked))


def _targets(fleet: Fleet, host: FleetHost, service: Service, asked: Asked) -> str:
    path = next(each.removeprefix(_CONFIG) for each in service.argv if each.startswith(_CONFIG))
    config = json.loads(host.files[path].content)
    listening = {f"{each.address}:{port}" for each in fleet.hosts.values() for port in fleet.listeners(each.name)}
    found = [
        {"scrapeUrl": f"http://{address}{job['metrics_path']}", **_seen(address in listening)}
        for job in config["scrape_configs"]
        for group in job["static_configs"]
        for address in group["targets"]
    ]
    return json.dumps({"status": "success", "data": {"activeTargets": found}})


def _seen(is_up: bool) -> dict[str, str]:
    return {"health": "up", "lastError": ""} if is_up else {"health": "down", "lastError": "connection refused"}


TESTING: Final = Testing(join=join, keeps_nothing=True)
