"""The keeper and the shelves: where they listen, how they are started, and what the keeper says."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Config, Instance
from serai.hookspec.services import Listening, Service

_PORT: dict[str, Any] = {
    "config_type": "integer",
    "minimum": 1,
    "maximum": 65535,
    "applicable_target": "service:Pantry",
}
PORTS = {
    "keeper": Config("Keeper port", "TCP port people ask.", default_value=8140, scope="cluster", priority=1, **_PORT),
    "shelf": Config("Shelf port", "TCP port the keeper asks.", default_value=8141, scope="node", priority=1, **_PORT),
}


def install(instance: Instance) -> None:
    """Put the program on a machine; a second time changes nothing."""
    program = files("serai_pantry").joinpath("server.py").read_text(encoding="utf-8")
    instance.remote.put({f"{instance.remote.layout.dist}/server.py": program})


def start(instance: Instance) -> None:
    """Start what belongs on a machine; what runs goes on."""
    layout, python = instance.remote.layout, instance.remote.facts.python
    more = {"keeper": (), "shelf": (keeper_url(instance.node_group.cluster), f"{layout.data}/items")}
    for process in instance.node_group.node_processes:
        if process in PORTS:  # others are an auxiliary plugin's
            ip, port = instance.internal_ip, instance.node_group.value(PORTS[process])
            argv = (python, f"{layout.dist}/server.py", process, ip, str(port), *more[process])
            instance.remote.services.start(Service(process, argv, ready=[Listening(port, ip)]))


def address(instance: Instance, process: str) -> str:
    """Where a machine's keeper or shelf listens: ``ip:port``."""
    return f"{instance.internal_ip}:{instance.node_group.value(PORTS[process])}"


def keeper_url(cluster: Cluster) -> str:
    """Where the keeper answers."""
    return f"http://{address(cluster.instances_with('keeper')[0], 'keeper')}"


def missing_shelves(cluster: Cluster) -> set[str]:
    """The addresses of shelves that the keeper does not list."""
    return {address(each, "shelf") for each in cluster.instances_with("shelf")} - _ask(cluster, "shelves").keys()


def drain(cluster: Cluster, shelves: Sequence[str]) -> Mapping[str, int]:
    """Have the keeper move what shelves hold to others; how many things it says are left on each."""
    return _ask(cluster, "drain", json.dumps(shelves).encode())


def _ask(cluster: Cluster, question: str, data: bytes | None = None) -> dict[str, int]:
    """What the keeper says of shelves, read strictly: what cannot be read proves nothing."""
    instance = cluster.instances_with("keeper")[0]
    said = instance.remote.http(f"{keeper_url(cluster)}/{question}", data=data)
    try:
        answer = json.loads(said)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not all(type(count) is int for count in answer.values()):
        host, hint = instance.instance_name, "does something else listen on the keeper's port?"
        raise RemoteError(f"/{question}: cannot be read", host=host, code="PANTRY_UNREADABLE", hint=hint)
    return answer
