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


def class_path(instance: Instance) -> str:
    """The class path of Hadoop's own processes on an instance: its configuration, and all jars."""
    paths = hadoop_paths(instance)
    return ":".join((paths.conf, *(f"{paths.home}/{jars}" for jars in _jars(instance.node_group.cluster))))


def container_class_path(cluster: Cluster) -> str:
    """The class path of containers, which holds on every instance, wherever its distribution is."""
    return ",".join(f"$HADOOP_HOME/{jars}" for jars in _jars(cluster))


def _jars(cluster: Cluster) -> tuple[str, ...]:
    """Directories of jars, relative to the distribution's."""
    return _FLAT if values.distribution(cluster) is None else _TREE
