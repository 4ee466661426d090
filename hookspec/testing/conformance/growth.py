"""Which node groups of some clusters may grow, and may shrink again."""

from collections.abc import Callable, Iterable

from serai.hookspec.cluster import Cluster
from serai.hookspec.testing.stage.documents import without_instances

Growth = tuple[Cluster, str]
"""A cluster, and the name of a node group of it."""

MayHave = Callable[[Cluster, str, int], bool]
"""Whether a node group of a cluster may be scaled to a count."""


def growths(clusters: Iterable[Cluster], may_have: MayHave) -> list[Growth]:
    """For each kind of node groups that may grow, the first cluster that has one.

    A kind is told by the processes of the group and by those of the whole cluster. Of one kind it is a cluster that may
    shrink again, where there is any.

    Args:
        clusters: the simplest first.
        may_have: asks.
    """
    found: dict[tuple[frozenset[str], ...], Growth] = {}
    for cluster in clusters:
        every = frozenset(process for group in cluster.node_groups for process in group.node_processes)
        for name in growing(cluster, may_have):
            kind = (frozenset(cluster.node_group(name).node_processes), every)
            if kind not in found or (shrinks(cluster, name, may_have) and not shrinks(*found[kind], may_have)):
                found[kind] = cluster, name
    return list(found.values())


def growing(cluster: Cluster, may_have: MayHave) -> list[str]:
    """The node groups with instances that may have one more of them, and two."""
    return [
        group.name
        for group in cluster.node_groups
        if group.count and all(may_have(cluster, group.name, group.count + more) for more in (1, 2))
    ]


def shrinks(cluster: Cluster, group: str, may_have: MayHave) -> bool:
    """Whether a group that got one more instance, or two, may give them up."""
    larger, count = without_instances(cluster), cluster.node_group(group).count
    for more in (1, 2):
        larger.node_group(group).count = count + more
        if not may_have(larger, group, count):
            return False
    return True
