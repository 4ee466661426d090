"""How many instances each node group is to have."""

from collections.abc import Mapping

from serai.hookspec.objects import Cluster, NodeGroup

Counts = Mapping[str, int]
"""How many instances each node group is to have, by its name."""


def wanted_counts(cluster: Cluster) -> dict[str, int]:
    """The node groups' own counts."""
    return {node_group.name: node_group.count for node_group in cluster.node_groups}


def counts_after(cluster: Cluster, existing: Counts, additional: Counts) -> dict[str, int]:
    """The counts after a scaling. Arguments are those of the hook ``validate_scaling``."""
    return {**wanted_counts(cluster), **existing, **additional}


def changed_groups(cluster: Cluster, existing: Counts, additional: Counts) -> list[NodeGroup]:
    """The groups that a scaling gives or takes instances. Arguments are those of the hook ``validate_scaling``."""
    counts = counts_after(cluster, existing, additional)
    return [group for group in cluster.node_groups if counts[group.name] != _present(group, additional)]


def _present(node_group: NodeGroup, additional: Counts) -> int:
    """How many instances a group has before the scaling: an added one none, whatever its count says by now."""
    return 0 if node_group.name in additional else node_group.count
