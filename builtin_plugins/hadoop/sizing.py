"""What each machine of a cluster can give: heaps to daemons, and to containers what is left then."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop import formulas, quantities
from serai.builtin_plugins.hadoop.processes import NAMENODE, NODEMANAGER, PROCESSES, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.settings import HEAPS
from serai.builtin_plugins.leader_workers.counts import wanted_counts
from serai.builtin_plugins.leader_workers.machines import Machine, machines
from serai.hookspec.objects import Cluster, NodeGroup

_LARGEST_HEAPS: Final = {NAMENODE: 4096, RESOURCEMANAGER: 2048}
"""MiB. More is of use to those that keep account of the whole cluster when it is a very large one."""

_LARGEST_HEAP: Final = 1024
"""MiB, of every other daemon."""


@frozen
class Daemon:
    """A daemon that each instance of a node group has.

    Attributes:
        group: the node group.
        process: what it is.
        instances: how many of the group's instances are on the machine.
        heap: of each, in MiB: the user's, else what is right for it.
        memory: of each, in MiB: its heap, and what it needs beside.
        is_given: whether the heap is the user's.
    """

    group: NodeGroup
    process: str
    instances: int
    heap: int
    memory: Fraction
    is_given: bool


@frozen
class NodeManagers:
    """The NodeManagers of a node group.

    Attributes:
        group: the node group.
        instances: how many of the group's instances are on the machine.
        memory: what each hands out, in MiB: the user's, else its share where recommendations apply, else Hadoop's own
            default; None where too little is left for a container.
        cpus: processors for each.
        is_given: whether the memory is the user's.
    """

    group: NodeGroup
    instances: int
    memory: int | None
    cpus: int
    is_given: bool


def hadoop_machines(cluster: Cluster) -> list[Machine]:
    """The machines whose memory is known, with all that Hadoop runs there.

    Args:
        cluster: the cluster as it is to be.
    """
    every = [process for processes in PROCESSES.values() for process in processes]
    return [each for each in machines(cluster, wanted_counts(cluster), every) if each.facts.memory_mb > 0]


def daemons(machine: Machine) -> list[Daemon]:
    """The daemons of a machine.

    Args:
        machine: one of :func:`hadoop_machines`.
    """
    kinds = [
        (group, count, process)
        for group, count in machine.residents
        for process in dict.fromkeys(group.node_processes)
        if process in HEAPS
    ]
    total = sum(count for _, count, _ in kinds)
    return [_daemon(machine, *kind, total) for kind in kinds]


def _daemon(machine: Machine, group: NodeGroup, instances: int, process: str, total: int) -> Daemon:
    config = HEAPS[process]
    own = quantities.given(group, config)
    if own is None and is_advised(group):
        most = _LARGEST_HEAPS.get(process, _LARGEST_HEAP)
        memory = formulas.daemon_memory(formulas.usable_memory(machine.facts.memory_mb), total, most)
    else:
        memory = Fraction(formulas.JVM_OVERHEAD + (config.default_value if own is None else own))
    return Daemon(group, process, instances, formulas.daemon_heap(memory), memory, is_given=own is not None)


def daemon_memory(machine: Machine) -> int:
    """What the daemons of a machine take, in MiB, with what they need beside their heaps."""
    return ceil(sum(each.instances * each.memory for each in daemons(machine)))


def nodemanagers(machine: Machine) -> Iterator[NodeManagers]:
    """The NodeManagers of a machine, by node group. Those that look themselves have no share.

    Args:
        machine: one of :func:`hadoop_machines`.
    """
    groups = [each for each in machine.residents_with(NODEMANAGER) if not quantities.detects_memory(each[0])]
    given = {group.name: _given_memory(group) for group, _ in groups}
    left = formulas.usable_memory(machine.facts.memory_mb) - daemon_memory(machine)
    left -= sum(count * (given[group.name] or 0) for group, count in groups)
    sharing = sum(count for group, count in groups if given[group.name] is None)
    share = left // sharing if sharing else 0
    cpus = max(1, machine.facts.cpus // max(1, machine.count_of(NODEMANAGER)))
    for group, count in groups:
        own = given[group.name]
        memory = _unasked(group, share) if own is None else own
        yield NodeManagers(group, count, memory, cpus, is_given=own is not None)


def _given_memory(group: NodeGroup) -> int | None:
    """What the user lets the NodeManagers of a group hand out; -1 is Hadoop's word for its default."""
    own = quantities.given_number(group, quantities.NODEMANAGER_MEMORY)
    return quantities.UNSIZED_NODEMANAGER if own == -1 else own


def _unasked(group: NodeGroup, share: int) -> int | None:
    """What a NodeManager hands out when the user says nothing."""
    if not is_advised(group):
        return quantities.UNSIZED_NODEMANAGER
    return share if share >= formulas.LEAST_CONTAINER else None


def known_nodemanagers(cluster: Cluster) -> list[NodeManagers]:
    """The NodeManagers whose memory can be told: from their machines, or since the user gave it.

    Args:
        cluster: the cluster as it is to be.
    """
    found = [each for machine in hadoop_machines(cluster) for each in nodemanagers(machine)]
    seen = {each.group.name for each in found}
    for group in cluster.groups_with(NODEMANAGER):
        own = _given_memory(group)
        if group.count and own is not None and group.name not in seen and not quantities.detects_memory(group):
            found.append(NodeManagers(group, group.count, own, cpus=1, is_given=True))
    return found


def is_advised(group: NodeGroup) -> bool:
    """Whether recommendations apply to a group."""
    return group.use_autoconfig and group.cluster.use_autoconfig
