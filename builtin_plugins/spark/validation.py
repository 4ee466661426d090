"""What must hold of a cluster before it is made or scaled: every fault at once."""

from collections.abc import Iterator, Mapping
from typing import Final

from serai.builtin_plugins.leader_workers.counts import counts_after, wanted_counts
from serai.builtin_plugins.leader_workers.shape import Roles, leader_problems, scaled_leader_problems, worker_problems
from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.capacity import capacity_problems
from serai.builtin_plugins.spark.passthrough import passthrough_problems
from serai.builtin_plugins.spark.port_conflicts import port_problems
from serai.builtin_plugins.spark.settings import MASTER, SERVICE, WORKER
from serai.builtin_plugins.spark.values import secret_value, sound
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path, group_path

_ROLES: Final = Roles(SERVICE, MASTER, WORKER, scalable="workers and no master")


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    counts = wanted_counts(cluster)
    return [
        *leader_problems(cluster, _ROLES, path=_masters_path(cluster)),
        *worker_problems(cluster, _ROLES, counts),
        *port_problems(cluster),
        *capacity_problems(cluster, counts, scaling=False),
        *passthrough_problems(cluster),
        *_rest_problems(cluster),
    ]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = counts_after(cluster, existing, additional)
    return [
        *scaled_leader_problems(cluster, _ROLES, existing, additional),
        *worker_problems(cluster, _ROLES, counts),
        *capacity_problems(cluster, counts, scaling=True),
    ]


def _masters_path(cluster: Cluster) -> str:
    """Where the number of masters is set, if that is one place."""
    groups = list(cluster.groups_with(MASTER))
    return f"{group_path(groups[0])}.count" if len(groups) == 1 else "node_groups"


def _rest_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Spark's master itself refuses to start so."""
    if sound(cluster, settings.REST_SERVER, bool) and secret_value(cluster, settings.AUTHENTICATION_SECRET):
        yield ValidationError(
            config=settings.REST_SERVER,
            error_message="the REST server cannot authenticate anyone, and the cluster has an authentication secret",
            path=config_path(cluster, settings.REST_SERVER),
            code="REST_WITHOUT_AUTHENTICATION",
            hint=f"leave out {settings.REST_SERVER.name!r} or {settings.AUTHENTICATION_SECRET.name!r}",
        )
