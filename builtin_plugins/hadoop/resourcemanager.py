"""What the ResourceManager says of itself and its NodeManagers, read strictly: what cannot be read proves nothing.

See https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/ResourceManagerRest.html.
"""

import json
from typing import Final
from urllib.parse import quote

from attrs import frozen

from serai.builtin_plugins.hadoop.addresses import resourcemanager_url
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster

RUNNING: Final = "RUNNING"
UNHEALTHY: Final = "UNHEALTHY"
DECOMMISSIONING: Final = "DECOMMISSIONING"
DECOMMISSIONED: Final = "DECOMMISSIONED"
LOST: Final = "LOST"
SHUTDOWN: Final = "SHUTDOWN"
STARTED: Final = "STARTED"
ACTIVE: Final = "ACTIVE"
_REST: Final = "/ws/v1/cluster"

UNLISTED: Final = ""
"""The state of a NodeManager that the ResourceManager never had, or has forgotten."""

GONE: Final = frozenset((DECOMMISSIONED, LOST, SHUTDOWN, "REBOOTED"))
"""States of NodeManagers that have ended, and of former selves of those that came back at another port."""


class UnreadableResourceManager(RemoteError):
    """What answered said something that YARN does not say. Like no answer, it may be better the next time."""

    code = "HADOOP_UNREADABLE_RESOURCEMANAGER"


@frozen
class ListedNodeManager:
    """A NodeManager as the ResourceManager lists it.

    Attributes:
        node_id: its name with the ResourceManager, ``host:port``.
        host: where it runs.
        state: ``RUNNING``, ``DECOMMISSIONING``, ``DECOMMISSIONED``, ``LOST``, ``UNHEALTHY``, ``SHUTDOWN``…
        health_report: what its own checks complain of; ``""`` for nothing.
        containers: how many run.
        memory: what it hands out, in MiB; 0 where it does not say.
        cpus: the virtual cores that it hands out; 0 where it does not say.
    """

    node_id: str
    host: str
    state: str
    health_report: str
    containers: int
    memory: int = 0
    cpus: int = 0


@frozen
class NodeManagers:
    """The NodeManagers that the ResourceManager knows at one moment."""

    listed: tuple[ListedNodeManager, ...]

    def find(self, host: str) -> ListedNodeManager | None:
        """The NodeManager of a host, by equality; a former self of it only where there is no other."""
        there = sorted((each for each in self.listed if each.host == host), key=lambda each: each.state in GONE)
        return there[0] if there else None

    def state_of(self, host: str) -> str:
        """The state of the NodeManager of a host; :data:`UNLISTED` where there is none."""
        found = self.find(host)
        return UNLISTED if found is None else found.state

    def in_state(self, state: str) -> frozenset[str]:
        """The hosts of the NodeManagers in a state."""
        return frozenset(each.host for each in self.listed if self.state_of(each.host) == state)


@frozen
class ResourceManagerState:
    """What the ResourceManager knows of itself.

    Attributes:
        state: ``STARTED`` once it works.
        ha_state: ``ACTIVE`` or ``STANDBY``.
        applications: how many run.
    """

    state: str
    ha_state: str
    applications: int


def ask_nodemanagers(cluster: Cluster, *, timeout: float = 10.0) -> NodeManagers:
    """Ask the ResourceManager for its NodeManagers, from its own machine.

    Args:
        cluster: whose.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or (UnreadableResourceManager) is none.
    """
    instance = resourcemanager_instance(cluster)
    answer = instance.remote.http(f"{resourcemanager_url(cluster)}{_REST}/nodes", timeout=timeout)
    return parse_nodemanagers(answer, instance.instance_name)


def ask_resourcemanager(cluster: Cluster, *, timeout: float = 10.0) -> ResourceManagerState:
    """Ask the ResourceManager how it is; arguments and errors are those of :func:`ask_nodemanagers`."""
    instance, url = resourcemanager_instance(cluster), f"{resourcemanager_url(cluster)}{_REST}"
    info, metrics = (instance.remote.http(f"{url}/{what}", timeout=timeout) for what in ("info", "metrics"))
    return parse_resourcemanager(info, metrics, instance.instance_name)


def enlarge_nodemanager(
    cluster: Cluster, nodemanager: ListedNodeManager, memory: int, *, timeout: float = 10.0
) -> None:
    """Have a NodeManager hand out another amount of memory, until it is started anew.

    Args:
        cluster: whose.
        nodemanager: which, as the ResourceManager lists it.
        memory: MiB.
        timeout: seconds.

    Raises:
        RemoteError: the ResourceManager does not do it.
    """
    instance = resourcemanager_instance(cluster)
    where = f"{resourcemanager_url(cluster)}{_REST}/nodes/{nodemanager.node_id}/resource"
    wish = {"resource": {"memory": memory, "vCores": nodemanager.cpus}, "overCommitTimeout": -1}
    instance.remote.http(
        f"{where}?user.name={quote(instance.remote.facts.user)}",
        method="POST",
        data=json.dumps(wish).encode(),
        headers={"Content-Type": "application/json"},
        timeout=timeout,
    )


def parse_nodemanagers(answer: bytes, host: str = "") -> NodeManagers:
    """Read the answer of ``/ws/v1/cluster/nodes``.

    Args:
        answer: what it said.
        host: who said it, for the error.

    Raises:
        UnreadableResourceManager: it is anything else, or contradicts itself.
    """
    document = _read(answer, host)
    listed = tuple(_listed(item) for item in document.object("nodes").items("node")) if _has_nodes(document) else ()
    if len({each.node_id for each in listed}) != len(listed):
        raise document.unreadable("a NodeManager is listed twice")
    return NodeManagers(listed)


def parse_resourcemanager(info: bytes, metrics: bytes, host: str = "") -> ResourceManagerState:
    """Read the answers of ``/ws/v1/cluster/info`` and ``metrics``; raises what :func:`parse_nodemanagers` raises."""
    about = _read(info, host).object("clusterInfo")
    applications = _read(metrics, host).object("clusterMetrics").count("appsRunning")
    return ResourceManagerState(about.field("state", str), about.field("haState", str), applications)


def _has_nodes(document: Answer) -> bool:
    """Whether it lists any: of none it says null, and earlier releases ``""``; saying nothing is another matter."""
    if "nodes" not in document.data:
        raise document.unreadable("'nodes' is not there")
    return document.data["nodes"] not in (None, "", {})


def _listed(item: Answer) -> ListedNodeManager:
    return ListedNodeManager(
        node_id=item.field("id", str),
        host=item.field("nodeHostName", str),
        state=item.field("state", str),
        health_report=item.field("healthReport", str),
        containers=item.count("numContainers"),
        memory=_in_all(item, "usedMemoryMB", "availMemoryMB"),
        cpus=_in_all(item, "usedVirtualCores", "availableVirtualCores"),
    )


def _in_all(item: Answer, used: str, available: str) -> int:
    """What is available is negative where more was given out than there is by now."""
    return item.field(used, int) + item.field(available, int) if available in item.data else 0


def _read(answer: bytes, host: str) -> Answer:
    return read_answer(answer, lambda what: _unreadable(host, what))


def _unreadable(host: str, what: str) -> UnreadableResourceManager:
    return UnreadableResourceManager(
        f"what answered cannot be read as a ResourceManager's: {what}",
        host=host,
        hint="see whether something else listens on the port of yarn.resourcemanager.webapp.address",
    )
