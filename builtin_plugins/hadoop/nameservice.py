"""Two NameNodes as one file system: the properties by which they, and all that use them, find each other.

See https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/HDFSHighAvailabilityWithQJM.html.
"""

from collections.abc import Mapping
from typing import Final

from serai.builtin_plugins.hadoop.binding import authority
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.numbering import numbers
from serai.builtin_plugins.hadoop.processes import JOURNALNODE, NAMENODE
from serai.builtin_plugins.hadoop.topology import NAMENODE_RPC, NAMENODE_WEB, nameservice
from serai.builtin_plugins.hadoop.zookeeper import connection
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Cluster, Instance

_FAILOVER: Final = "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"
_FENCING: Final = "shell(/bin/true)"
"""Who becomes active must have made sure that the other is not: with success told at once, that is left to others. A
NameNode writes to its JournalNodes with a number that they gave it, and they refuse those with a lower one: of two that
take themselves for active one alone can write, and the other ends at its first attempt. Until then it may answer
readers with what was. To end it from outside would take a login from each NameNode's host on the other's, and would
hold up failover whenever that host is the one that is lost."""


def namenode_id(instance: Instance) -> str:
    """By which one of two NameNodes is told from the other: ``nn1``."""
    return f"nn{numbers(instance.node_group.cluster, NAMENODE)[instance.instance_name]}"


def core_properties(cluster: Cluster) -> Mapping[str, str]:
    """What is added to ``core-site.xml`` where there are two NameNodes."""
    return {"ha.zookeeper.quorum": connection(cluster)}


def hdfs_properties(instance: Instance) -> Mapping[str, str]:
    """What is added to ``hdfs-site.xml`` where there are two NameNodes.

    Args:
        instance: where; connected.
    """
    cluster = instance.node_group.cluster
    own = {"dfs.ha.namenode.id": namenode_id(instance)} if runs(instance, NAMENODE) else {}
    if runs(instance, JOURNALNODE):
        own["dfs.journalnode.edits.dir"] = hadoop_paths(instance).journal_dir
    return {**_of_all(cluster), **own}


def _of_all(cluster: Cluster) -> Mapping[str, str]:
    service = nameservice(cluster)
    ids = {namenode_id(each): each for each in cluster.instances_with(NAMENODE)}
    journals = ";".join(authority(each, "dfs.journalnode.rpc-address") for each in cluster.instances_with(JOURNALNODE))
    return {
        "dfs.nameservices": service,
        f"dfs.ha.namenodes.{service}": ",".join(sorted(ids)),
        **{
            f"{name}.{service}.{key}": authority(each, name)
            for key, each in ids.items()
            for name in (NAMENODE_RPC, NAMENODE_WEB)
        },
        "dfs.namenode.shared.edits.dir": f"qjournal://{journals}/{service}",
        f"dfs.client.failover.proxy.provider.{service}": _FAILOVER,
        "dfs.ha.automatic-failover.enabled": "true",
        "dfs.ha.fencing.methods": _FENCING,
    }
