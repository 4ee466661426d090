"""Properties of Hadoop that Serai sets itself, and why; no user can set them."""

import re
from typing import Final

_ADDRESSES: Final = "every process binds to its own instance's address; ports are set by the properties of addresses"
_DIRECTORIES: Final = "data and logs are on the instance's storage"
_MEMBERS: Final = "who belongs to the cluster is told by its node groups"
_HIGH_AVAILABILITY: Final = "it follows from the processes of the node groups: two namenodes, journalnodes, zookeeper"
_PLAIN_HTTP: Final = "Serai watches and drains the cluster over HTTP"
_CLASSES: Final = "jobs run with the classes that are installed on the instances"
_NAMES: Final = "processes know each other by address, so that no names need to be resolved"
_RACKS: Final = "racks come from the inventory"

_EXACTLY: Final = {
    "fs.defaultFS": "the cluster's file system is its own HDFS",
    "hadoop.tmp.dir": _DIRECTORIES,
    "net.topology.node.switch.mapping.impl": _RACKS,
    "net.topology.script.file.name": _RACKS,
    "net.topology.table.file.name": _RACKS,
    "net.topology.configured.node.mapping": _RACKS,
    "dfs.namenode.name.dir": _DIRECTORIES,
    "dfs.namenode.edits.dir": _DIRECTORIES,
    "dfs.namenode.checkpoint.dir": _DIRECTORIES,
    "dfs.namenode.checkpoint.edits.dir": _DIRECTORIES,
    "dfs.datanode.data.dir": _DIRECTORIES,
    "dfs.journalnode.edits.dir": _DIRECTORIES,
    "dfs.hosts": _MEMBERS,
    "dfs.hosts.exclude": _MEMBERS,
    "dfs.namenode.hosts.provider.classname": _MEMBERS,
    "dfs.namenode.datanode.registration.ip-hostname-check": _NAMES,
    "dfs.client.use.datanode.hostname": _NAMES,
    "dfs.datanode.use.datanode.hostname": _NAMES,
    "dfs.datanode.hostname": _ADDRESSES,
    "dfs.namenode.servicerpc-address": _ADDRESSES,
    "dfs.namenode.lifeline.rpc-address": _ADDRESSES,
    "dfs.http.policy": _PLAIN_HTTP,
    "dfs.namenode.shared.edits.dir": _HIGH_AVAILABILITY,
    "dfs.nameservices": _HIGH_AVAILABILITY,
    "dfs.nameservice.id": _HIGH_AVAILABILITY,
    "dfs.internal.nameservices": _HIGH_AVAILABILITY,
    "dfs.ha.namenode.id": _HIGH_AVAILABILITY,
    "dfs.ha.automatic-failover.enabled": _HIGH_AVAILABILITY,
    "dfs.ha.fencing.methods": _HIGH_AVAILABILITY,
    "ha.zookeeper.quorum": _HIGH_AVAILABILITY,
    "yarn.resourcemanager.hostname": _ADDRESSES,
    "yarn.nodemanager.hostname": _ADDRESSES,
    "yarn.resourcemanager.nodes.include-path": _MEMBERS,
    "yarn.resourcemanager.nodes.exclude-path": _MEMBERS,
    "yarn.resourcemanager.ha.enabled": "there is one resourcemanager",
    "yarn.http.policy": _PLAIN_HTTP,
    "yarn.nodemanager.local-dirs": _DIRECTORIES,
    "yarn.nodemanager.log-dirs": _DIRECTORIES,
    "yarn.nodemanager.recovery.dir": _DIRECTORIES,
    "yarn.nodemanager.aux-services": "the NodeManagers hand over what mappers wrote",
    "yarn.nodemanager.aux-services.mapreduce_shuffle.class": "the NodeManagers hand over what mappers wrote",
    "yarn.nodemanager.env-whitelist": _CLASSES,
    "yarn.application.classpath": _CLASSES,
    "yarn.log.server.url": "it is the history server's, which shows them",
    "mapreduce.application.classpath": _CLASSES,
    "mapreduce.application.framework.path": _CLASSES,
    "mapreduce.framework.name": "jobs run on the cluster's own YARN",
    "mapreduce.cluster.local.dir": _DIRECTORIES,
    "mapreduce.jobhistory.http.policy": _PLAIN_HTTP,
}
_ALIKE: Final = (
    (re.compile(r"(dfs|yarn|mapreduce)\..*bind-host(\..*)?"), _ADDRESSES),
    (re.compile(r"(dfs|yarn|mapreduce)\..*https[.-]address(\..*)?"), _PLAIN_HTTP),
    (re.compile(r"dfs\.namenode\.(rpc|http|servicerpc|lifeline\.rpc)-address\..*"), _HIGH_AVAILABILITY),
    (re.compile(r"dfs\.(namenode\.shared\.edits\.dir|client\.failover\.proxy\.provider)\..*"), _HIGH_AVAILABILITY),
    (re.compile(r"dfs\.ha\.namenodes\..*"), _HIGH_AVAILABILITY),
)


def reason(name: str) -> str:
    """Why a property cannot be set; ``""`` for one that can.

    Args:
        name: of the property, be it one that Hadoop's default files list or not.
    """
    if name in _EXACTLY:
        return _EXACTLY[name]
    return next((why for pattern, why in _ALIKE if pattern.fullmatch(name)), "")
