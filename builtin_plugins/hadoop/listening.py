"""Which properties say where a process listens."""

from typing import Final, NamedTuple

from serai.builtin_plugins.hadoop import processes


class Listening(NamedTuple):
    """A property that says where a process listens.

    Attributes:
        process: which one.
        port: the one that is taken unless the user chose another: Hadoop's own default, but for one.
        is_address: whether the property is an address and not a bare port.
    """

    process: str
    port: int
    is_address: bool = True


LISTENING: Final = {
    "dfs.namenode.rpc-address": Listening(processes.NAMENODE, 8020),
    "dfs.namenode.http-address": Listening(processes.NAMENODE, 9870),
    "dfs.namenode.secondary.http-address": Listening(processes.SECONDARY_NAMENODE, 9868),
    "dfs.datanode.address": Listening(processes.DATANODE, 9866),
    "dfs.datanode.http.address": Listening(processes.DATANODE, 9864),
    "dfs.datanode.ipc.address": Listening(processes.DATANODE, 9867),
    "dfs.journalnode.rpc-address": Listening(processes.JOURNALNODE, 8485),
    "dfs.journalnode.http-address": Listening(processes.JOURNALNODE, 8480),
    "dfs.ha.zkfc.port": Listening(processes.FAILOVER_CONTROLLER, 8019, is_address=False),
    "yarn.resourcemanager.address": Listening(processes.RESOURCEMANAGER, 8032),
    "yarn.resourcemanager.scheduler.address": Listening(processes.RESOURCEMANAGER, 8030),
    "yarn.resourcemanager.resource-tracker.address": Listening(processes.RESOURCEMANAGER, 8031),
    "yarn.resourcemanager.admin.address": Listening(processes.RESOURCEMANAGER, 8033),
    "yarn.resourcemanager.webapp.address": Listening(processes.RESOURCEMANAGER, 8088),
    # Hadoop takes any port: no firewall could be told of it, and a NodeManager that comes back would be another one.
    "yarn.nodemanager.address": Listening(processes.NODEMANAGER, 8041),
    "yarn.nodemanager.localizer.address": Listening(processes.NODEMANAGER, 8040),
    "yarn.nodemanager.webapp.address": Listening(processes.NODEMANAGER, 8042),
    "mapreduce.shuffle.port": Listening(processes.NODEMANAGER, 13562, is_address=False),
    "mapreduce.jobhistory.address": Listening(processes.HISTORYSERVER, 10020),
    "mapreduce.jobhistory.webapp.address": Listening(processes.HISTORYSERVER, 19888),
    "mapreduce.jobhistory.admin.address": Listening(processes.HISTORYSERVER, 10033),
}
"""By property. A user chooses the port; the address is always the instance's own."""

ANY_PORT: Final = frozenset(("yarn.nodemanager.address", "mapreduce.shuffle.port"))
"""Those that may be 0, for any port: who needs it is told by the process itself."""
