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


def counts_before(cluster: Cluster, additional: Counts) -> dict[str, int]:
    """The counts before a scaling: an added group has none, whatever its count says by now.

    Args:
        cluster: the cluster.
        additional: that of the hook ``validate_scaling``.
    """
    return {group.name: 0 if group.name in additional else group.count for group in cluster.node_groups}


def changed_groups(cluster: Cluster, existing: Counts, additional: Counts) -> list[NodeGroup]:
    """The groups that a scaling gives or takes instances. Arguments are those of the hook ``validate_scaling``."""
    before, after = counts_before(cluster, additional), counts_after(cluster, existing, additional)
    return [group for group in cluster.node_groups if before[group.name] != after[group.name]]
