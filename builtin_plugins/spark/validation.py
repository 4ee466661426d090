"""What must hold of a cluster before it is made or scaled: every fault at once."""

from collections.abc import Iterator, Mapping

from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.capacity import capacity_problems
from serai.builtin_plugins.spark.machines import Counts, wanted_counts
from serai.builtin_plugins.spark.passthrough import passthrough_problems
from serai.builtin_plugins.spark.places import config_place, group_place
from serai.builtin_plugins.spark.port_conflicts import port_problems
from serai.builtin_plugins.spark.settings import MASTER, SERVICE, WORKER
from serai.builtin_plugins.spark.values import secret_value, sound
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    counts = wanted_counts(cluster)
    return [
        *_master_problems(cluster),
        *_worker_problems(cluster, counts),
        *port_problems(cluster),
        *capacity_problems(cluster, counts, scaling=False),
        *passthrough_problems(cluster),
        *_rest_problems(cluster),
    ]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = {**wanted_counts(cluster), **existing, **additional}
    changed = [group for group in cluster.node_groups if counts[group.name] != _present(group, additional)]
    return [
        *(_not_scalable(group) for group in changed if MASTER in group.node_processes),
        *_worker_problems(cluster, counts),
        *capacity_problems(cluster, counts, scaling=True),
    ]


def _present(node_group: NodeGroup, additional: Mapping[str, int]) -> int:
    """How many instances a group has before the scaling: an added one none, whatever its count says by now."""
    return 0 if node_group.name in additional else node_group.count


def _master_problems(cluster: Cluster) -> Iterator[ValidationError]:
    count = cluster.count_of(MASTER)
    if count != 1:
        groups = list(cluster.groups_with(MASTER))
        yield ValidationError(
            error_message=f"{SERVICE} cluster should contain only 1 master instance. Actual master count is {count}",
            path=f"{group_place(groups[0])}.count" if len(groups) == 1 else "node_groups",
            code="NOT_SINGLE_MASTER",
            hint="give one node group with count 1 the process master",
        )


def _worker_problems(cluster: Cluster, counts: Counts) -> Iterator[ValidationError]:
    if sum(counts[group.name] for group in cluster.groups_with(WORKER)) < 1:
        yield ValidationError(
            error_message=f"{SERVICE} cluster should contain at least 1 worker instance. Actual worker count is 0",
            path="node_groups",
            code="NO_WORKER",
            hint="give a node group the process worker and a count of at least 1",
        )


def _not_scalable(node_group: NodeGroup) -> ValidationError:
    return ValidationError(
        error_message=f"node group {node_group.name} has the master: its number of instances cannot change",
        path=f"{group_place(node_group)}.count",
        code="NODE_GROUP_NOT_SCALABLE",
        hint="scale a node group that has workers and no master",
    )


def _rest_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Spark's master itself refuses to start so."""
    if sound(cluster, settings.REST_SERVER, bool) and secret_value(cluster, settings.AUTHENTICATION_SECRET):
        yield ValidationError(
            config=settings.REST_SERVER,
            error_message="the REST server cannot authenticate anyone, and the cluster has an authentication secret",
            path=config_place(cluster, settings.REST_SERVER),
            code="REST_WITHOUT_AUTHENTICATION",
            hint=f"leave out {settings.REST_SERVER.name!r} or {settings.AUTHENTICATION_SECRET.name!r}",
        )
