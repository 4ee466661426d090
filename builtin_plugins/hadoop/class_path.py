"""Which classes run: those of Maven's directory of jars, or those of Apache's tree."""

from typing import Final

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.hookspec.objects import Cluster, Instance

_FLAT: Final = ("*",)
_TREE: Final = tuple(
    f"share/hadoop/{part}/*"
    for part in ("common", "common/lib", "hdfs", "hdfs/lib", "yarn", "yarn/lib", "mapreduce", "mapreduce/lib")
)
_TIMELINE: Final = ("share/hadoop/yarn/timelineservice/*", "share/hadoop/yarn/timelineservice/lib/*")
"""What of the tree ResourceManagers and NodeManagers need, and containers do not; last, as in Apache's own scripts."""


def class_path(instance: Instance) -> str:
    """The class path of Hadoop's own processes on an instance: its configuration, and all jars."""
    cluster, paths = instance.node_group.cluster, hadoop_paths(instance)
    jars = _FLAT if values.distribution(cluster) is None else (*_TREE, *_TIMELINE)
    return ":".join((paths.conf, *(f"{paths.home}/{each}" for each in jars)))


def container_class_path(cluster: Cluster) -> str:
    """The class path of containers, which holds on every instance, wherever its distribution is."""
    jars = _FLAT if values.distribution(cluster) is None else _TREE
    return ",".join(f"$HADOOP_HOME/{each}" for each in jars)
