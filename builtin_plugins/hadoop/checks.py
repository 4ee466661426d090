"""How a running cluster is, told by Hadoop itself and by the supervisors of its processes."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from serai.builtin_plugins.hadoop import processes
from serai.builtin_plugins.hadoop.addresses import datanodes_by_address, nodemanagers_by_host
from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.high_availability import complaint, is_active, roles
from serai.builtin_plugins.hadoop.namenode import IN_SERVICE, NameNodeState, active_namenode
from serai.builtin_plugins.hadoop.resourcemanager import ACTIVE as ACTIVE_RESOURCEMANAGER
from serai.builtin_plugins.hadoop.resourcemanager import (
    RUNNING,
    STARTED,
    ListedNodeManager,
    ask_nodemanagers,
    ask_resourcemanager,
)
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Instance

_ANSWER_WITHIN: Final = 5.0
_LITTLE: Final = 0.1
"""The part of HDFS that must be free: DataNodes fill up at different times, and re-replication needs room, too."""

_WATCHED: Final = {
    processes.ZOOKEEPER_SERVER: "ZooKeeper",
    processes.JOURNALNODE: "JournalNode",
    processes.FAILOVER_CONTROLLER: "ZKFC",
    processes.SECONDARY_NAMENODE: "SecondaryNameNode",
    processes.DATANODE: "DataNode",
    processes.NODEMANAGER: "NodeManager",
    processes.HISTORYSERVER: "JobHistoryServer",
}
"""Processes that the cluster can do without for a while, by the name they go by."""


def health_checks(cluster: Cluster) -> list[HealthCheck]:
    """What HDFS and YARN say, and whether each process runs.

    Args:
        cluster: the cluster, its instances connected.
    """
    told: dict[str, Callable[[Cluster], Health]] = {
        "HDFS NameNode": pair_health if is_highly_available(cluster) else namenode_health,
        "HDFS DataNodes": datanodes_health,
        "HDFS blocks": blocks_health,
        "HDFS space": space_health,
    }
    if cluster.instances_with(processes.RESOURCEMANAGER):
        told |= {"YARN ResourceManager": resourcemanager_health, "YARN NodeManagers": nodemanagers_health}
    return [*(HealthCheck(name, partial(look, cluster)) for name, look in told.items()), *_process_checks(cluster)]


def namenode_health(cluster: Cluster) -> Health:
    """Whether a NameNode answers, and HDFS can be written to."""
    try:
        instance, state = active_namenode(cluster, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"no active NameNode answers: {error}")
    if state.safe_mode:
        return Health(HealthColor.YELLOW, f"nothing can be written: {state.safe_mode}")
    return Health(HealthColor.GREEN, f"active on {instance.instance_name}")


def pair_health(cluster: Cluster) -> Health:
    """Which of two NameNodes is active, and whether the other one could be."""
    states = roles(cluster, timeout=_ANSWER_WITHIN)
    active = [name for name, each in states.items() if is_active(each)]
    told = complaint(states)
    if not active:
        return Health(HealthColor.RED, f"no NameNode is active: {told}")
    if told:
        return Health(HealthColor.YELLOW, f"active on {', '.join(active)}; {told}")
    standby = next(name for name in states if name not in active)
    return Health(HealthColor.GREEN, f"active on {active[0]}, standby on {standby}")


def datanodes_health(cluster: Cluster) -> Health:
    """Whether the NameNode hears of the cluster's DataNodes, and uses them."""
    expected = datanodes_by_address(cluster.instances)
    state = _ask(cluster)
    missing = [each for address, each in expected.items() if address not in state.live]
    if missing and len(missing) == len(expected):
        return Health(HealthColor.RED, "the NameNode hears of no DataNode")
    if missing:
        return Health(HealthColor.YELLOW, f"the NameNode does not hear of the DataNodes of {_names(missing)}")
    idle = [each for address, each in expected.items() if _state_of(state, address) != IN_SERVICE]
    if idle:
        return Health(HealthColor.YELLOW, f"not in service: the DataNodes of {_names(idle)}")
    return Health(HealthColor.GREEN, f"{len(expected)} live")


def blocks_health(cluster: Cluster) -> Health:
    """Whether every block has the replicas that its file asks for."""
    blocks = _ask(cluster).blocks
    if blocks.missing:
        return Health(HealthColor.RED, f"{blocks.missing} blocks have no replica left")
    if blocks.under_replicated:
        return Health(HealthColor.YELLOW, f"{blocks.under_replicated} blocks have too few replicas")
    return Health(HealthColor.GREEN, "all have their replicas")


def space_health(cluster: Cluster) -> Health:
    """Whether there is room on the DataNodes."""
    live = [each for each in _ask(cluster).datanodes if each.alive]
    capacity, remaining = (sum(sizes) for sizes in ([n.capacity for n in live], [n.remaining for n in live]))
    full = [str(each.address) for each in live if each.capacity and each.remaining < _LITTLE * each.capacity]
    told = f"{remaining / 2**30:.1f} of {capacity / 2**30:.1f} GiB are free"
    if not live or remaining < _LITTLE * capacity:
        return Health(HealthColor.YELLOW, told)
    if full:
        return Health(HealthColor.YELLOW, f"{told}, with less than {_LITTLE:.0%} on {', '.join(full)}")
    return Health(HealthColor.GREEN, told)


def resourcemanager_health(cluster: Cluster) -> Health:
    """Whether the ResourceManager answers, and works."""
    try:
        state = ask_resourcemanager(cluster, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"the ResourceManager does not answer: {error}")
    if (state.state, state.ha_state) != (STARTED, ACTIVE_RESOURCEMANAGER):
        return Health(HealthColor.RED, f"the ResourceManager says that it is {state.state} and {state.ha_state}")
    running = state.applications
    return Health(HealthColor.GREEN, f"active, with {running} application{'' if running == 1 else 's'} running")


def nodemanagers_health(cluster: Cluster) -> Health:
    """Whether the cluster's NodeManagers run, each with what it complains of."""
    expected = nodemanagers_by_host(cluster.instances)
    found = ask_nodemanagers(cluster, timeout=_ANSWER_WITHIN)
    away = {each: found.find(host) for host, each in _by_name(expected) if found.state_of(host) != RUNNING}
    if not away:
        return Health(HealthColor.GREEN, f"{len(expected)} running")
    color = HealthColor.RED if len(away) == len(expected) else HealthColor.YELLOW
    return Health(color, "; ".join(f"{name} is {_complaint(listed)}" for name, listed in away.items()))


def process_health(instance: Instance, process: str) -> Health:
    """Whether a process of an instance runs; the cluster goes on without it."""
    name, where = DAEMONS[process].service, f"the {_WATCHED[process]} of {instance.instance_name}"
    found = instance.remote.services.status(name)[name]
    if found.is_running:
        return Health(HealthColor.GREEN, f"process {found.pid} runs")
    how = "" if found.exit_code is None else f", with status {found.exit_code}"
    return Health(HealthColor.YELLOW, f"{where} has ended{how}")


def _process_checks(cluster: Cluster) -> Iterator[HealthCheck]:
    for process, title in _WATCHED.items():
        for instance in cluster.instances_with(process):
            yield HealthCheck(f"{title} on {instance.instance_name}", partial(process_health, instance, process))


def _ask(cluster: Cluster) -> NameNodeState:
    return active_namenode(cluster, timeout=_ANSWER_WITHIN)[1]


def _state_of(state: NameNodeState, address: object) -> str:
    return next((each.state for each in state.datanodes if each.address == address), "")


def _by_name(instances: dict[str, Instance]) -> Iterator[tuple[str, str]]:
    return ((host, instance.instance_name) for host, instance in instances.items())


def _complaint(listed: ListedNodeManager | None) -> str:
    if listed is None:
        return "unknown to the ResourceManager"
    return f"{listed.state}: {listed.health_report}" if listed.health_report else listed.state


def _names(instances: Iterable[Instance]) -> str:
    return ", ".join(instance.instance_name for instance in instances)
