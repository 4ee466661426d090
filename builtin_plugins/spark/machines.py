"""Which node groups share a machine, and what the processes of Spark take of its memory."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

Counts = Mapping[str, int]
"""How many instances each node group is to have, by its name."""


@frozen
class Machine:
    """A machine that Spark runs on, or one of a group's many that are alike.

    Attributes:
        facts: what it is like.
        residents: how many instances each node group has on one such machine.
    """

    facts: Facts
    residents: tuple[tuple[NodeGroup, int], ...]

    def count_of(self, process: str) -> int:
        """How many of a process run on one such machine."""
        return sum(count for group, count in self.residents if process in group.node_processes)

    @property
    def worker_groups(self) -> tuple[tuple[NodeGroup, int], ...]:
        """The residents that are workers."""
        return tuple((group, count) for group, count in self.residents if WORKER in group.node_processes)


def wanted_counts(cluster: Cluster) -> dict[str, int]:
    """The node groups' own counts."""
    return {node_group.name: node_group.count for node_group in cluster.node_groups}


def machines(cluster: Cluster, counts: Counts) -> list[Machine]:
    """The machines that have processes of Spark, where their facts are known.

    All instances of groups with equal ``machine_id`` share one machine; where it is unknown each has its own.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
    """
    shared: dict[str, list[tuple[NodeGroup, int]]] = {}
    facts_of: dict[str, Facts] = {}
    alone: list[Machine] = []
    for node_group, facts, count in _residents(cluster.node_groups, counts):
        if facts.machine_id:
            facts_of.setdefault(facts.machine_id, facts)
            shared.setdefault(facts.machine_id, []).append((node_group, count))
        else:
            alone.append(Machine(facts, ((node_group, 1),)))
    return [Machine(facts_of[key], tuple(residents)) for key, residents in shared.items()] + alone


def _residents(groups: Iterable[NodeGroup], counts: Counts) -> Iterable[tuple[NodeGroup, Facts, int]]:
    for group in groups:
        count = counts.get(group.name, 0)
        of_spark = MASTER in group.node_processes or WORKER in group.node_processes
        if of_spark and group.facts is not None and group.facts.memory_mb > 0 and count > 0:
            yield group, group.facts, count
