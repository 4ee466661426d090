"""ResourceManagers and NodeManagers on hosts in memory: who is a member, who leaves, and what of it is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

from serai.builtin_plugins.hadoop import resourcemanager as states
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.processes import NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.testing.hdfs import Hdfs
from serai.builtin_plugins.hadoop.testing.reading import lines, names, port_of, properties
from serai.builtin_plugins.hadoop.testing.webhdfs import refused
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost

HELD_CONTAINERS: Final = "/held-containers"
"""A file on hosts where a container runs that neither finishes nor can be ended."""
INTERVAL: Final = 20.0
"""Seconds after which a ResourceManager looks whether NodeManagers that leave are done, by Hadoop's own default."""
_TRACKER: Final = "yarn.resourcemanager.resource-tracker.address"
_SERVICE: Final = DAEMONS[NODEMANAGER].service
_ANY_PORT: Final = 45454
_MEMORY, _PROCESSORS = "yarn.nodemanager.resource.memory-mb", "yarn.nodemanager.resource.cpu-vcores"
_USED_MEMORY: Final = 512
"""MiB that containers use, as told."""


@frozen(eq=False)
class NodeManager:
    """A NodeManager that was started.

    Attributes:
        host: where.
        name: the host as which it registers.
        port: its own.
        tracker: ``ip:port`` of where it registers.
        memory: MiB that it registers with.
        cpus: processors, likewise.
    """

    host: FleetHost
    name: str
    port: int
    tracker: str
    memory: int
    cpus: int

    @property
    def node_id(self) -> str:
        """What the ResourceManager calls it."""
        return f"{self.name}:{self.port}"


@define(eq=False)
class ResourceManager:
    """A ResourceManager that was started.

    Attributes:
        host: where.
        found: the properties it read.
        registered: NodeManagers that it knows, by the name of their host in the fleet.
        included: who may be a member; everybody when empty.
        leaving: since when entries are to leave, by the fleet's clock, and whether they are given time.
        resized: MiB that NodeManagers were told to hand out since they registered, by their id.
    """

    host: FleetHost
    found: Mapping[str, str]
    registered: dict[str, NodeManager] = field(factory=dict)
    included: list[str] = field(factory=list)
    leaving: dict[str, tuple[float, bool]] = field(factory=dict)
    resized: dict[str, int] = field(factory=dict)

    def read_lists(self, now: float, *, graceful: bool) -> None:
        """Read the lists of members, as they are written at this moment."""
        self.included = lines(self.host, self.found.get("yarn.resourcemanager.nodes.include-path", ""))
        excluded = lines(self.host, self.found.get("yarn.resourcemanager.nodes.exclude-path", ""))
        self.leaving = {entry: self.leaving.get(entry, (now, graceful)) for entry in excluded}

    def admits(self, node: NodeManager) -> bool:
        """Whether a NodeManager that comes may be a member: one that is to leave may not."""
        is_in = not self.included or names(self.included, node.host)
        return is_in and not names(self.leaving, node.host)


class Yarn:
    """The ResourceManagers and NodeManagers of a fleet.

    Args:
        fleet: the hosts.
        hdfs: its file system, by which hosts that are not heard of are told.

    Attributes:
        applications: how many run.
        refreshed: the arguments of each order to read the lists again.
        limits_read: how often the limits of containers were.
    """

    def __init__(self, fleet: Fleet, hdfs: Hdfs) -> None:
        self.applications = 0
        self.refreshed: Final[list[tuple[str, ...]]] = []
        self.limits_read = 0
        self._fleet = fleet
        self._hdfs = hdfs
        self._masters: dict[str, ResourceManager] = {}
        self._nodes: dict[str, NodeManager] = {}
        fleet.begin(DAEMONS[RESOURCEMANAGER].service, self._begin_master)
        fleet.begin(_SERVICE, self._begin_node)
        fleet.serve(DAEMONS[RESOURCEMANAGER].service, self._answer)
        fleet.serve(_SERVICE, lambda host, service, asked: "", ports=self._ports)

    def refresh(self, found: Mapping[str, str], arguments: tuple[str, ...]) -> bool:
        """Have the ResourceManager that properties tell of read its lists or limits again; whether it runs."""
        wanted = found.get("yarn.resourcemanager.admin.address")
        masters = (each for each in self._running() if each.found.get("yarn.resourcemanager.admin.address") == wanted)
        master = next(masters, None)
        if master is None:
            return False
        if "-refreshQueues" in arguments:
            self.limits_read += 1
            return True
        self.refreshed.append(arguments)
        master.read_lists(self._fleet.clock.now(), graceful="-g" in arguments)
        self._send_away(master)
        return True

    def _begin_master(self, host: FleetHost, service: Service) -> str:
        found = properties(host, service.argv)
        if _TRACKER not in found:
            return "no address for NodeManagers"
        master = ResourceManager(host, found)
        master.read_lists(self._fleet.clock.now(), graceful=False)
        self._masters[host.name] = master
        for node in self._nodes.values():
            if _runs(node.host) and node.tracker == found[_TRACKER]:
                self._register(master, node)
        return ""

    def _begin_node(self, host: FleetHost, service: Service) -> str:
        found = properties(host, service.argv)
        if _TRACKER not in found:
            return "no address of the ResourceManager"
        name, address = found.get("yarn.nodemanager.hostname", host.name), found["yarn.nodemanager.address"]
        sizes = int(found.get(_MEMORY, 8192)), int(found.get(_PROCESSORS, 8))
        node = NodeManager(host, name, port_of(address) or _ANY_PORT, found[_TRACKER], *sizes)
        self._nodes[host.name] = node
        taken = [self._register(each, node) for each in self._running() if each.found[_TRACKER] == node.tracker]
        return "" if all(taken) else f"Disallowed NodeManager from {name}, Sending SHUTDOWN signal to the NodeManager."

    def _register(self, master: ResourceManager, node: NodeManager) -> bool:
        if not master.admits(node):
            node.host.processes.end(_SERVICE, 1)
            return False
        master.registered[node.host.name] = node
        master.resized.pop(node.node_id, None)
        return True

    def _send_away(self, master: ResourceManager) -> None:
        """End those that are no members, or are done with leaving; forget those that ended so before."""
        for key, node in list(master.registered.items()):
            is_in = not master.included or names(master.included, node.host)
            if not is_in and not names(master.leaving, node.host):
                del master.registered[key]
            if not is_in or self._state(master, node) == states.DECOMMISSIONED:
                node.host.processes.end(_SERVICE, 0)

    def _state(self, master: ResourceManager, node: NodeManager) -> str:
        since = [told for entry, told in master.leaving.items() if names([entry], node.host)]
        is_heard = not node.host.is_cut_off and node.host.name not in self._hdfs.unheard
        if since:
            moment, graceful = max(since)
            waits = graceful and (HELD_CONTAINERS in node.host.files or self._fleet.clock.now() - moment < INTERVAL)
            return states.DECOMMISSIONING if waits and is_heard and _runs(node.host) else states.DECOMMISSIONED
        if not is_heard:
            return states.LOST
        return states.RUNNING if _runs(node.host) else states.SHUTDOWN

    def _running(self) -> Iterator[ResourceManager]:
        service = DAEMONS[RESOURCEMANAGER].service
        return (each for each in self._masters.values() if each.host.processes.status(service).is_running)

    def _answer(self, host: FleetHost, service: Service, asked: Asked) -> str:
        master, url = self._masters[host.name], urlsplit(asked.argv[1])
        if url.netloc != master.found["yarn.resourcemanager.webapp.address"]:
            raise refused(asked.argv[1], 404, "It looks like you are making an HTTP request to a Hadoop IPC port.")
        answers: dict[str, Any] = {
            "/ws/v1/cluster/info": {"clusterInfo": {"state": states.STARTED, "haState": states.ACTIVE}},
            "/ws/v1/cluster/metrics": {"clusterMetrics": {"appsRunning": self.applications}},
        }
        if url.path == "/ws/v1/cluster/nodes":
            self._send_away(master)
            nodes = [self._listed(master, each) for each in master.registered.values()]
            return json.dumps({"nodes": {"node": nodes} if nodes else None})
        if url.path.endswith("/resource"):
            return self._resize(master, url.path.split("/")[-2], json.loads(asked.stdin)["resource"])
        if url.path not in answers:
            raise refused(asked.argv[1], 404, "NotFoundException")
        return json.dumps(answers[url.path])

    def _resize(self, master: ResourceManager, node_id: str, wish: Mapping[str, int]) -> str:
        """Have a NodeManager hand out another amount; the processors are told, too, and are no others."""
        [node] = [each for each in master.registered.values() if each.node_id == node_id]
        if wish["vCores"] != node.cpus:
            raise refused(node_id, 400, "other processors")
        master.resized[node_id] = wish["memory"]
        return json.dumps({"resourceInfo": dict(wish)})

    def _listed(self, master: ResourceManager, node: NodeManager) -> dict[str, Any]:
        return {
            "rack": "/default-rack",
            "state": self._state(master, node),
            "id": node.node_id,
            "nodeHostName": node.name,
            "healthReport": "",
            "numContainers": int(HELD_CONTAINERS in node.host.files),
            "usedMemoryMB": _USED_MEMORY,
            "availMemoryMB": master.resized.get(node.node_id, node.memory) - _USED_MEMORY,
            "usedVirtualCores": 1,
            "availableVirtualCores": node.cpus - 1,
        }

    def _ports(self, host: FleetHost, service: Service) -> list[int]:
        """The port on which mappers' output is handed over."""
        name = "mapreduce.shuffle.port"
        port = int(properties(host, service.argv).get(name, LISTENING[name].port))
        return [port] if port else []


def _runs(host: FleetHost) -> bool:
    return host.processes.status(_SERVICE).is_running
