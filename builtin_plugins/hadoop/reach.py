"""What a property reaches: the processes that read it, what it takes to change it, and whether machines may differ."""

from typing import Final, NamedTuple

from serai.builtin_plugins.hadoop.processes import (
    DATANODE,
    FAILOVER_CONTROLLER,
    HDFS,
    HISTORYSERVER,
    JOURNALNODE,
    MAPREDUCE,
    NAMENODE,
    NODEMANAGER,
    PROCESSES,
    RESOURCEMANAGER,
    SECONDARY_NAMENODE,
    YARN,
)
from serai.hookspec.configs import Scope, UpdatePolicy


class Reach(NamedTuple):
    """What a property reaches."""

    policy: UpdatePolicy
    processes: tuple[str, ...]
    scope: Scope = Scope.CLUSTER


_LIVE: Final = Reach(UpdatePolicy.LIVE, ())
"""Clients and jobs read it, each when it begins; or a process that Serai does not run."""
_NAMENODES: Final = Reach(UpdatePolicy.RESTART, (NAMENODE, SECONDARY_NAMENODE))
_FAILOVER: Final = Reach(UpdatePolicy.RESTART, (NAMENODE, FAILOVER_CONTROLLER))
_DATANODES: Final = Reach(UpdatePolicy.ROLLING, (DATANODE,), Scope.NODE)
_NODEMANAGERS: Final = Reach(UpdatePolicy.ROLLING, (NODEMANAGER,), Scope.NODE)
_RESOURCEMANAGER: Final = Reach(UpdatePolicy.RESTART, (RESOURCEMANAGER,))
_LOGS: Final = Reach(UpdatePolicy.ROLLING, (NODEMANAGER, HISTORYSERVER))
_ALL_OF_HDFS: Final = Reach(UpdatePolicy.RESTART, PROCESSES[HDFS])
_ALL_OF_YARN: Final = Reach(UpdatePolicy.RESTART, (*PROCESSES[YARN], HISTORYSERVER))
_ALL: Final = Reach(UpdatePolicy.RESTART, (*PROCESSES[HDFS], *PROCESSES[YARN], *PROCESSES[MAPREDUCE]))

_BY_BEGINNING: Final = {
    "": _ALL,
    "file.": _LIVE,
    "ftp.": _LIVE,
    "fs.": _LIVE,
    "fs.trash.": _NAMENODES,
    "fs.df.": _DATANODES,
    "fs.du.": _DATANODES,
    "fs.getspaceused.": _DATANODES,
    "adl.": _LIVE,
    "seq.": _LIVE,
    "tfile.": _LIVE,
    "nfs.": _LIVE,
    "hadoop.fuse.": _LIVE,
    "ha.": _FAILOVER,
    "httpfs.": _LIVE,
    "dfs.": _ALL_OF_HDFS,
    "dfs.balancer.": _LIVE,
    "dfs.client.": _LIVE,
    "dfs.mover.": _LIVE,
    "dfs.disk.balancer.": _DATANODES,
    "dfs.blocksize": _LIVE,
    "dfs.bytes-per-checksum": _LIVE,
    "dfs.client-write-packet-size": _LIVE,
    "dfs.stream-buffer-size": _LIVE,
    "dfs.replication": _LIVE,
    "dfs.replication.max": _NAMENODES,
    "dfs.ha.": _FAILOVER,
    "dfs.datanode.": _DATANODES,
    # By this one the NameNode knows who belongs to it.
    "dfs.datanode.address": Reach(UpdatePolicy.IMMUTABLE, ()),
    "dfs.journalnode.rpc-address": _ALL_OF_HDFS,
    "dfs.journalnode.": Reach(UpdatePolicy.ROLLING, (JOURNALNODE,)),
    "dfs.qjournal.": _NAMENODES,
    "dfs.image.": _NAMENODES,
    "dfs.permissions.": _NAMENODES,
    "dfs.storage.policy.": _NAMENODES,
    "dfs.namenode.": _NAMENODES,
    "dfs.namenode.rpc-address": _ALL,
    "dfs.namenode.secondary.": Reach(UpdatePolicy.RESTART, (SECONDARY_NAMENODE,)),
    "dfs.secondary.": Reach(UpdatePolicy.RESTART, (SECONDARY_NAMENODE,)),
    "dfs.web.authentication.": _NAMENODES,
    "yarn.": _ALL_OF_YARN,
    "yarn.acl.": _ALL_OF_YARN,
    "yarn.app.": _LIVE,
    "yarn.client.": _LIVE,
    "yarn.log-aggregation": _LOGS,
    "yarn.nodemanager.": _NODEMANAGERS,
    "yarn.nodemanager.log-aggregation.": _LOGS,
    "yarn.nodemanager.remote-app-log-dir": _LOGS,
    "yarn.resourcemanager.": _RESOURCEMANAGER,
    "yarn.resourcemanager.address": _ALL_OF_YARN,
    "yarn.resourcemanager.scheduler.address": _ALL_OF_YARN,
    "yarn.resourcemanager.resource-tracker.address": _ALL_OF_YARN,
    "yarn.scheduler.": _RESOURCEMANAGER,
    "mapred.": _LIVE,
    "mapreduce.": _LIVE,
    "mapreduce.jobhistory.": Reach(UpdatePolicy.RESTART, (HISTORYSERVER,)),
    "mapreduce.shuffle.": _NODEMANAGERS,
}
"""By how a name begins; the longest beginning counts."""

_BEGINNINGS: Final = tuple(sorted(_BY_BEGINNING, key=len, reverse=True))


def reach(name: str) -> Reach:
    """What a property reaches.

    Only what one kind of process reads, of which each machine has its own, may differ between node groups: DataNodes
    and NodeManagers. All else is read by several sides that must agree, or by processes there are one or two of.

    Args:
        name: of the property.
    """
    return _BY_BEGINNING[next(beginning for beginning in _BEGINNINGS if name.startswith(beginning))]
