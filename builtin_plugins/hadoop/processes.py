"""What a Hadoop cluster consists of: services, and the processes each is made of."""

from typing import Final

HDFS: Final = "HDFS"
YARN: Final = "YARN"
MAPREDUCE: Final = "MapReduce"
ZOOKEEPER: Final = "ZooKeeper"

NAMENODE: Final = "namenode"
SECONDARY_NAMENODE: Final = "secondarynamenode"
DATANODE: Final = "datanode"
JOURNALNODE: Final = "journalnode"
"""Keeps the edits that two NameNodes share."""
FAILOVER_CONTROLLER: Final = "zkfc"
"""Beside each of two NameNodes: decides by ZooKeeper which of them is active."""
RESOURCEMANAGER: Final = "resourcemanager"
NODEMANAGER: Final = "nodemanager"
HISTORYSERVER: Final = "historyserver"
ZOOKEEPER_SERVER: Final = "zookeeper"

PROCESSES: Final = {
    HDFS: (NAMENODE, SECONDARY_NAMENODE, DATANODE, JOURNALNODE, FAILOVER_CONTROLLER),
    YARN: (RESOURCEMANAGER, NODEMANAGER),
    MAPREDUCE: (HISTORYSERVER,),
    ZOOKEEPER: (ZOOKEEPER_SERVER,),
}
"""The processes of each service, in the order they start."""
