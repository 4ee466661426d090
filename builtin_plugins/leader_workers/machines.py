"""Which node groups share a machine, as far as their facts tell."""

from collections.abc import Collection, Iterator

from attrs import frozen

from serai.builtin_plugins.leader_workers.counts import Counts
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup


@frozen
class Machine:
    """A machine that processes of a framework run on, or one of a group's many that are alike.

    Attributes:
        facts: what it is like.
        residents: how many instances each node group has on one such machine.
    """

    facts: Facts
    residents: tuple[tuple[NodeGroup, int], ...]

    def residents_with(self, process: str) -> tuple[tuple[NodeGroup, int], ...]:
        """The residents that run a process."""
        return tuple((group, count) for group, count in self.residents if process in group.node_processes)

    def count_of(self, process: str) -> int:
        """How many of a process run on one such machine."""
        return sum(count for _, count in self.residents_with(process))


def machines(cluster: Cluster, counts: Counts, processes: Collection[str]) -> list[Machine]:
    """The machines that have any of some processes, where their facts are known.

    All instances of groups with equal ``machine_id`` share one machine; where it is unknown each has its own.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
        processes: which processes count; node groups with none of them are left out.
    """
    shared: dict[str, list[tuple[NodeGroup, int]]] = {}
    facts_of: dict[str, Facts] = {}
    alone: list[Machine] = []
    for group, facts, count in _residents(cluster, counts, processes):
        if facts.machine_id:
            facts_of.setdefault(facts.machine_id, facts)
            shared.setdefault(facts.machine_id, []).append((group, count))
        else:
            alone.append(Machine(facts, ((group, 1),)))
    return [Machine(facts_of[key], tuple(residents)) for key, residents in shared.items()] + alone


def _residents(cluster: Cluster, counts: Counts, processes: Collection[str]) -> Iterator[tuple[NodeGroup, Facts, int]]:
    for group in cluster.node_groups:
        count = counts.get(group.name, 0)
        if group.facts is not None and count > 0 and not set(processes).isdisjoint(group.node_processes):
            yield group, group.facts, count
