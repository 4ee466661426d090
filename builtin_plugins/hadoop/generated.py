"""The properties that follow from where things are: nobody sets them."""

from collections.abc import Iterable, Mapping
from typing import Final

from serai.builtin_plugins.hadoop import nameservice, values
from serai.builtin_plugins.hadoop.binding import authority, binding, is_loopback
from serai.builtin_plugins.hadoop.class_path import container_class_path
from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.layout import HadoopPaths, hadoop_paths
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.processes import (
    DATANODE,
    HISTORYSERVER,
    JOURNALNODE,
    NAMENODE,
    NODEMANAGER,
    RESOURCEMANAGER,
    SECONDARY_NAMENODE,
)
from serai.builtin_plugins.hadoop.racks import rack_properties
from serai.builtin_plugins.hadoop.topology import file_system, history_url
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Instance

Properties = Mapping[str, str]

_MASTERS: Final = {
    "hdfs": (NAMENODE, SECONDARY_NAMENODE),
    "yarn": (RESOURCEMANAGER,),
    "mapred": (HISTORYSERVER,),
}
"""Processes that are one of a kind, by file: where they listen is everybody's knowledge."""
_WORKERS: Final = {"hdfs": (DATANODE, JOURNALNODE), "yarn": (NODEMANAGER,), "mapred": ()}


def generated_properties(instance: Instance) -> Mapping[str, Properties]:
    """What Serai itself sets on an instance, by file and name.

    Args:
        instance: where; connected, as directories are below its prefix.
    """
    cluster, paths = instance.node_group.cluster, hadoop_paths(instance)
    return {
        "core": {
            "fs.defaultFS": file_system(cluster),
            "hadoop.tmp.dir": paths.scratch,
            **rack_properties(instance, cluster.instances),
            **(nameservice.core_properties(cluster) if is_highly_available(cluster) else {}),
        },
        "hdfs": {**_listening("hdfs", instance), **_hdfs(instance, paths)},
        "yarn": {**_listening("yarn", instance), **_yarn(instance, paths)},
        "mapred": {**_listening("mapred", instance), **_mapred(instance)},
    }


def _listening(file: str, instance: Instance) -> Properties:
    """Where masters listen, and where the instance's own workers do."""
    cluster = instance.node_group.cluster
    # Of two NameNodes each has names of its own for where it listens.
    alone = [each for each in _MASTERS[file] if each != NAMENODE or not is_highly_available(cluster)]
    masters = ((process, each) for process in alone for each in cluster.instances_with(process)[:1])
    own = ((process, instance) for process in _WORKERS[file] if runs(instance, process))
    return {
        name: authority(each, name)
        for process, each in (*masters, *own)
        for name, listening in LISTENING.items()
        if listening.process == process and listening.is_address
    }


def _hdfs(instance: Instance, paths: HadoopPaths) -> Properties:
    found = {"dfs.namenode.datanode.registration.ip-hostname-check": "false"}
    if is_highly_available(instance.node_group.cluster):
        found |= nameservice.hdfs_properties(instance)
    if runs(instance, NAMENODE):
        found["dfs.namenode.name.dir"] = _uris(paths.name_dirs)
        found["dfs.hosts"] = paths.datanodes_included
        found["dfs.hosts.exclude"] = paths.datanodes_excluded
    if runs(instance, SECONDARY_NAMENODE):
        found["dfs.namenode.checkpoint.dir"] = _uris(paths.checkpoint_dirs)
    if runs(instance, DATANODE):
        found["dfs.datanode.data.dir"] = _uris(paths.data_dirs)
        # WebHDFS sends its clients there.
        found["dfs.datanode.hostname"], _ = binding(instance, "dfs.datanode.address")
    return found


def _yarn(instance: Instance, paths: HadoopPaths) -> Properties:
    cluster = instance.node_group.cluster
    found = {"yarn.application.classpath": f"$HADOOP_CONF_DIR,{container_class_path(cluster)}"}
    for master in cluster.instances_with(RESOURCEMANAGER):
        found["yarn.resourcemanager.hostname"] = master.internal_ip
    if runs(instance, RESOURCEMANAGER):
        found["yarn.resourcemanager.nodes.include-path"] = paths.nodemanagers_included
        found["yarn.resourcemanager.nodes.exclude-path"] = paths.nodemanagers_excluded
    if runs(instance, NODEMANAGER):
        found["yarn.nodemanager.hostname"] = instance.internal_ip
        found["yarn.nodemanager.local-dirs"] = ",".join(paths.local_dirs)
        found["yarn.nodemanager.log-dirs"] = ",".join(paths.log_dirs)
        found["yarn.nodemanager.aux-services"] = "mapreduce_shuffle"
    if url := history_url(cluster):
        found["yarn.log.server.url"] = f"{url}/jobhistory/logs"
    return found


def _mapred(instance: Instance) -> Properties:
    cluster = instance.node_group.cluster
    found = {"mapreduce.application.classpath": container_class_path(cluster)}
    if cluster.count_of(RESOURCEMANAGER):
        found["mapreduce.framework.name"] = "yarn"
    if is_loopback(instance) and values.property_text(instance.node_group, "mapreduce.shuffle.port") is None:
        # The shuffle listens on all addresses, those of other instances on this machine among them.
        found["mapreduce.shuffle.port"] = "0"
    return found


def _uris(paths: Iterable[str]) -> str:
    """Directories as HDFS wants them."""
    return ",".join(f"file://{path}" for path in paths)
