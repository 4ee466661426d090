"""What is recommended for a cluster, from what its machines are like: heaps, memory for containers, replication."""

from collections.abc import Iterator
from typing import Any, Final

from serai.builtin_plugins.hadoop import formulas, quantities
from serai.builtin_plugins.hadoop.containers import Containers, Jvm, containers
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER
from serai.builtin_plugins.hadoop.settings import HEAPS
from serai.builtin_plugins.hadoop.sizing import daemon_memory, daemons, hadoop_machines, is_advised, nodemanagers
from serai.builtin_plugins.leader_workers.machines import Machine
from serai.hookspec.objects import Cluster, Config, Recommendation

_REPLICATED: Final = {quantities.REPLICATION: quantities.USUAL_REPLICATION, quantities.JOB_FILES_REPLICATION: 10}
"""Hadoop's own defaults: of all files, and of those that a job consists of."""


def recommendations(cluster: Cluster) -> list[Recommendation]:
    """What is recommended as far as facts are known. What the user gave is left out, and the rest goes with it.

    Args:
        cluster: the cluster as it is to be.
    """
    if not cluster.use_autoconfig:
        return []
    of_machines = [
        advice
        for machine in hadoop_machines(cluster)
        for advice in (*_heap_advice(machine), *_nodemanager_advice(machine))
    ]
    return [*of_machines, *_container_advice(cluster), *_replication_advice(cluster)]


def _heap_advice(machine: Machine) -> Iterator[Recommendation]:
    known = daemons(machine)
    memory, total = machine.facts.memory_mb, sum(each.instances for each in known)
    reason = f"a quarter of {formulas.usable_memory(memory)} MiB that the system leaves of {memory},"
    reason += f" for {total} daemon{'' if total == 1 else 's'} and {formulas.JVM_OVERHEAD} beside each heap"
    reason += f"; at least {formulas.LEAST_HEAP}, and not more than it has use for"
    for each in known:
        if is_advised(each.group) and not each.is_given:
            yield _advice(HEAPS[each.process], each.heap, reason, each.group.name)


def _nodemanager_advice(machine: Machine) -> Iterator[Recommendation]:
    memory, sharing = machine.facts.memory_mb, machine.count_of(NODEMANAGER)
    reason = f"{memory} MiB - {memory - formulas.usable_memory(memory)} for the system - {daemon_memory(machine)} for"
    reason += " daemons"
    found = list(nodemanagers(machine))
    if fixed := sum(each.instances * (each.memory or 0) for each in found if each.is_given):
        reason += f" - {fixed} for NodeManagers of a given size"
        sharing -= sum(each.instances for each in found if each.is_given)
    reason += f", for {sharing} NodeManager{'' if sharing == 1 else 's'} on the machine"
    for each in found:
        if each.memory is not None and is_advised(each.group) and not each.is_given:
            config = quantities.config_of(each.group.cluster, quantities.NODEMANAGER_MEMORY)
            yield _advice(config, each.memory, reason, each.group.name)


def _container_advice(cluster: Cluster) -> Iterator[Recommendation]:
    planned = containers(cluster)
    if planned is None:
        return
    for name, (value, reason) in _container_values(planned).items():
        config = quantities.config_of(cluster, name)
        if quantities.given(cluster, config) is None:
            yield _advice(config, value, reason)


def _container_values(planned: Containers) -> dict[str, tuple[Any, str]]:
    """Value and reason by the name of the property."""
    least = "containers are given out in steps of it; NodeManagers with less, those that are added later among them,"
    least += " would be turned away"
    ordinary = "the smallest NodeManager's memory for two containers a processor and at least eight, but neither too"
    ordinary += f" small for a task nor more than {formulas.LARGEST_CONTAINER} MiB each"
    heap = "four fifths of its container of {} MiB"
    twice = "two ordinary containers, but not more than the largest"
    return {
        quantities.LEAST_ALLOCATION: (planned.least, least),
        quantities.LARGEST_ALLOCATION: (planned.largest, "what the largest NodeManager hands out"),
        quantities.VIRTUAL_MEMORY_CHECK: (False, "a JVM reserves far more addresses than it uses memory"),
        quantities.MAP_MEMORY: (planned.map.memory, _around(planned.map, ordinary)),
        quantities.MAP_OPTIONS: (_heap(planned.map.heap), heap.format(planned.map.memory)),
        quantities.REDUCE_MEMORY: (planned.reduce.memory, _around(planned.reduce, twice)),
        quantities.REDUCE_OPTIONS: (_heap(planned.reduce.heap), heap.format(planned.reduce.memory)),
        quantities.MASTER_MEMORY: (planned.master.memory, _around(planned.master, "as an ordinary map task")),
        quantities.MASTER_OPTIONS: (_heap(planned.master.heap), heap.format(planned.master.memory)),
        quantities.SORT_MEMORY: (
            formulas.sort_memory(planned.map.heap),
            f"half of a map task's heap of {planned.map.heap} MiB, and not more than 1024",
        ),
    }


def _around(jvm: Jvm, usual: str) -> str:
    """Why a container has its size: to hold a heap of the user's, or as usual."""
    return usual if jvm.heap == formulas.container_heap(jvm.memory) else f"room for a heap of {jvm.heap} MiB"


def _heap(size: int) -> str:
    return f"-Xmx{size}m"


def _replication_advice(cluster: Cluster) -> Iterator[Recommendation]:
    datanodes = cluster.count_of(DATANODE)
    for name, usual in _REPLICATED.items():
        config = quantities.config_of(cluster, name)
        if datanodes and quantities.given(cluster, config) is None:
            yield _advice(
                config, min(usual, datanodes), f"Hadoop's own {usual}, but not more than {datanodes} datanodes"
            )


def _advice(config: Config, value: Any, reason: str, node_group: str | None = None) -> Recommendation:
    return Recommendation(config.applicable_target, config.name, value, node_group, reason)
