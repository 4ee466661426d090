"""What must hold of a scaling: who leaves is drained, so there must be where to."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from serai.builtin_plugins.hadoop import quantities
from serai.builtin_plugins.hadoop.capacity import capacity_problems
from serai.builtin_plugins.hadoop.components import component_problems
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER
from serai.builtin_plugins.leader_workers.counts import Counts, changed_groups, counts_after, counts_before
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path, group_path

_SCALABLE: Final = (DATANODE, NODEMANAGER)


def scaling_problems(cluster: Cluster, existing: Counts, additional: Counts) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    target = _with_counts(cluster, counts_after(cluster, existing, additional))
    return [
        *_group_problems(cluster, existing, additional),
        *component_problems(target),
        *_replication_problems(cluster, counts_before(cluster, additional), target),
        *capacity_problems(target),
    ]


def _with_counts(cluster: Cluster, counts: Counts) -> Cluster:
    """The cluster as it is to be, without its instances: they stay those of the cluster that is."""
    groups = [evolve(each, count=counts[each.name], instances=[], quarantined=[]) for each in cluster.node_groups]
    return evolve(cluster, node_groups=groups)


def _group_problems(cluster: Cluster, existing: Counts, additional: Counts) -> Iterator[ValidationError]:
    for group in changed_groups(cluster, existing, additional):
        lasting = [process for process in group.node_processes if process not in _SCALABLE]
        if lasting or not group.node_processes:
            yield ValidationError(
                error_message=f"node group {group.name} cannot be scaled: it has {', '.join(lasting) or 'no process'}",
                path=f"{group_path(group)}.count",
                code="NODE_GROUP_CANNOT_BE_SCALED",
                hint=f"scale a node group that has {' or '.join(_SCALABLE)}, or both, and nothing else",
            )


def _replication_problems(cluster: Cluster, before: Counts, target: Cluster) -> Iterator[ValidationError]:
    """Blocks of which there would be more copies than DataNodes: these could never leave.

    Without a value of the user's, files have as many copies as were recommended for the DataNodes there are.
    """
    config = quantities.config_of(cluster, quantities.REPLICATION)
    present = sum(before[group.name] for group in cluster.groups_with(DATANODE))
    remaining = target.count_of(DATANODE)
    own = quantities.given_number(cluster, quantities.REPLICATION)
    replication = own or min(quantities.USUAL_REPLICATION, max(present, 1))
    if 0 < remaining < min(present, replication):
        yield ValidationError(
            config=config,
            error_message=f"{remaining} of {present} datanodes would remain, and blocks have {replication} copies, each"
            " on another datanode",
            path=config_path(cluster, config) if own else "node_groups",
            code="CLUSTER_CANNOT_BE_SCALED",
            hint=f"keep {replication} datanodes, or set {config.name!r} to {remaining} and give existing files as many"
            f" copies ('hdfs dfs -setrep -R {remaining} /')",
        )
