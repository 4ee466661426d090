"""Numbers and switches of a cluster that was not validated yet, by the names of properties."""

from typing import Any, Final

from serai.builtin_plugins.hadoop.configs import property_configs
from serai.hookspec.objects import Cluster, Config, NodeGroup

NODEMANAGER_MEMORY: Final = "yarn.nodemanager.resource.memory-mb"
NODEMANAGER_DETECTS: Final = "yarn.nodemanager.resource.detect-hardware-capabilities"
VIRTUAL_MEMORY_CHECK: Final = "yarn.nodemanager.vmem-check-enabled"
LEAST_ALLOCATION: Final = "yarn.scheduler.minimum-allocation-mb"
LARGEST_ALLOCATION: Final = "yarn.scheduler.maximum-allocation-mb"
MAP_MEMORY: Final = "mapreduce.map.memory.mb"
MAP_OPTIONS: Final = "mapreduce.map.java.opts"
REDUCE_MEMORY: Final = "mapreduce.reduce.memory.mb"
REDUCE_OPTIONS: Final = "mapreduce.reduce.java.opts"
MASTER_MEMORY: Final = "yarn.app.mapreduce.am.resource.mb"
MASTER_OPTIONS: Final = "yarn.app.mapreduce.am.command-opts"
SORT_MEMORY: Final = "mapreduce.task.io.sort.mb"
REPLICATION: Final = "dfs.replication"
JOB_FILES_REPLICATION: Final = "mapreduce.client.submit.file.replication"

USUAL_REPLICATION: Final = 3
"""Copies of a block, as hdfs-default.xml has it."""

UNSIZED_NODEMANAGER: Final = 8192
"""MiB that a NodeManager hands out when nobody told it how much: yarn-default.xml says so of -1."""


def config_of(cluster: Cluster, name: str) -> Config:
    """The config of a property.

    Args:
        cluster: whose version counts.
        name: of the property.

    Raises:
        KeyError: this version has none.
    """
    return property_configs(cluster.hadoop_version)[name]


def given(holder: Cluster | NodeGroup, config: Config) -> Any:
    """What the user gave, for a group or for all of them; None for nothing, or for what the engine refuses."""
    own = holder.node_configs if isinstance(holder, NodeGroup) else {}
    everywhere = holder.cluster.cluster_configs if isinstance(holder, NodeGroup) else holder.cluster_configs
    for layer in (own, everywhere):
        value = layer.get(config.applicable_target, {}).get(config.name)
        if value is not None:
            return None if config.problem_with(value) else value
    return None


def number(holder: Cluster | NodeGroup, config: Config) -> int | None:
    """The number in force; None for none, or for what the engine refuses."""
    value = holder.value(config)
    return value if type(value) is int and not config.problem_with(value) else None


def given_number(holder: Cluster | NodeGroup, name: str) -> int | None:
    """The number that the user gave for a property."""
    cluster = holder.cluster if isinstance(holder, NodeGroup) else holder
    value = given(holder, config_of(cluster, name))
    return value if type(value) is int else None


def given_size(cluster: Cluster, name: str) -> int | None:
    """The size that the user gave for a property, in MiB; None also for -1, with which Hadoop leaves a size open."""
    value = given_number(cluster, name)
    return value if value is not None and value > 0 else None


def detects_memory(group: NodeGroup) -> bool:
    """Whether NodeManagers of a group look themselves how much memory they have to hand out."""
    return given(group, config_of(group.cluster, NODEMANAGER_DETECTS)) is True
