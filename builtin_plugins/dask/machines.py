"""Which node groups share a machine, as far as their facts tell."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from serai.builtin_plugins.dask.settings import WORKER
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

Counts = Mapping[str, int]
"""How many instances each node group is to have, by its name."""


@frozen
class Machine:
    """A machine that workers run on, or one of a group's many that are alike.

    Attributes:
        facts: what it is like.
        workers: how many workers each node group has on one such machine; groups without workers are left out.
    """

    facts: Facts
    workers: tuple[tuple[NodeGroup, int], ...]

    @property
    def worker_count(self) -> int:
        """Workers on one such machine."""
        return sum(count for _, count in self.workers)


def wanted_counts(cluster: Cluster) -> Counts:
    """The node groups' own counts."""
    return {node_group.name: node_group.count for node_group in cluster.node_groups}


def worker_machines(cluster: Cluster, counts: Counts) -> list[Machine]:
    """The machines that have workers, where their facts are known.

    All instances of groups with equal ``machine_id`` share one machine; where it is unknown each has its own.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
    """
    shared: dict[str, list[tuple[NodeGroup, int]]] = {}
    facts_of: dict[str, Facts] = {}
    alone: list[Machine] = []
    for node_group, facts, count in _with_workers(cluster.node_groups, counts):
        if facts.machine_id:
            facts_of[facts.machine_id] = facts
            shared.setdefault(facts.machine_id, []).append((node_group, count))
        else:
            alone.append(Machine(facts, ((node_group, 1),)))
    return [Machine(facts_of[key], tuple(workers)) for key, workers in shared.items()] + alone


def _with_workers(groups: Iterable[NodeGroup], counts: Counts) -> Iterable[tuple[NodeGroup, Facts, int]]:
    for node_group in groups:
        count = counts.get(node_group.name, 0)
        if WORKER in node_group.node_processes and node_group.facts is not None and count > 0:
            yield node_group, node_group.facts, count
