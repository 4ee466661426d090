"""Clusters for a stage, written as short as can be."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from attrs import evolve

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, ConfigValues
from serai.hookspec.secrets import Secret

Groups = Mapping[str, tuple[Sequence[str], int]]
"""Node groups by name: their processes, and their number of instances."""


def cluster_of(
    groups: Groups, *, name: str, plugins: Sequence[str], version: str, values: ConfigValues | None = None
) -> Cluster:
    """A cluster that has no instances yet.

    Args:
        groups: its node groups.
        name: its own.
        plugins: the provisioning plugin's name, then those of auxiliaries.
        version: the framework's.
        values: for the whole cluster.
    """
    provisioning, *auxiliaries = plugins
    node_groups = [NodeGroup(group, count, list(processes)) for group, (processes, count) in groups.items()]
    configs = {target: dict(each) for target, each in (values or {}).items()}
    return Cluster(
        name, provisioning, version, node_groups, cluster_configs=configs, auxiliary_plugins=list(auxiliaries)
    )


def without_instances(cluster: Cluster) -> Cluster:
    """A copy of a cluster, as it is before it has machines; the original can be taken again."""
    groups = [
        evolve(
            group,
            node_processes=list(group.node_processes),
            node_configs=deepcopy(group.node_configs),
            extra=deepcopy(group.extra),
            instances=[],
            quarantined=[],
        )
        for group in cluster.node_groups
    ]
    configs, info, extra = (deepcopy(each) for each in (cluster.cluster_configs, cluster.info, cluster.extra))
    return evolve(cluster, node_groups=groups, cluster_configs=configs, info=info, extra=extra)


def seal(cluster: Cluster, configs: Sequence[Config]) -> None:
    """Make the values of secret configs secrets, as an engine does with what it reads."""
    keys = {config.key for config in configs if config.is_secret}
    for holder in (cluster.cluster_configs, *(group.node_configs for group in cluster.node_groups)):
        for target, values in holder.items():
            for name, value in values.items():
                if (target, name) in keys and isinstance(value, str):
                    values[name] = Secret(value)


def plain(cluster: Cluster) -> dict[str, Any]:
    """What hooks may change on a cluster, as plain data: what is published of it, and what plugins keep."""
    return {
        "info": deepcopy(cluster.info),
        "extra": deepcopy(cluster.extra),
        "groups": {group.name: deepcopy(group.extra) for group in cluster.node_groups},
    }


def put_back(cluster: Cluster, kept: Mapping[str, Any]) -> None:
    """Undo what hooks changed on a cluster since :func:`plain` was called: an engine that died never stored it."""
    cluster.info, cluster.extra = deepcopy(kept["info"]), deepcopy(kept["extra"])
    for group in cluster.node_groups:
        group.extra = deepcopy(kept["groups"].get(group.name, {}))
