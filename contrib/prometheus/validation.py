"""What must hold of a cluster that is to be monitored."""

from collections.abc import Iterator, Mapping

from serai.contrib.prometheus.settings import NODE_EXPORTER, NODE_EXPORTER_PORT, PORT, PROMETHEUS
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path, group_path


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    counts = {group.name: group.count for group in cluster.node_groups}
    return [*_server_problems(cluster, counts), *_port_problems(cluster)]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = {group.name: group.count for group in cluster.node_groups}
    return list(_server_problems(cluster, {**counts, **existing, **additional}))


def _server_problems(cluster: Cluster, counts: Mapping[str, int]) -> Iterator[ValidationError]:
    groups = list(cluster.groups_with(PROMETHEUS))
    count = sum(counts[group.name] for group in groups)
    if count != 1:
        yield ValidationError(
            error_message=f"a cluster has 1 {PROMETHEUS} instance, and this has {count}",
            path=f"{group_path(groups[0])}.count" if len(groups) == 1 else "node_groups",
            code="NOT_SINGLE_PROMETHEUS",
            hint=f"give one node group with count 1 the process {PROMETHEUS}",
        )


def _port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    port = cluster.value(PORT)
    for group in cluster.groups_with(PROMETHEUS):
        if NODE_EXPORTER in group.node_processes and group.value(NODE_EXPORTER_PORT) == port:
            yield ValidationError(
                config=NODE_EXPORTER_PORT,
                error_message=f"port {port} is Prometheus's on the same instance",
                path=config_path(group, NODE_EXPORTER_PORT),
                code="PORT_CONFLICT",
                hint=f"give {NODE_EXPORTER_PORT.name!r} or {PORT.name!r} another port",
            )
