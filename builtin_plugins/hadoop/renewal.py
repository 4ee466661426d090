"""Restarting processes in turn, each back at work by what the framework says before the next one is touched."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from serai.builtin_plugins.hadoop import processes
from serai.builtin_plugins.hadoop.addresses import datanode_address
from serai.builtin_plugins.hadoop.binding import authority
from serai.builtin_plugins.hadoop.daemons import DAEMONS, daemon_service, hadoop_command
from serai.builtin_plugins.hadoop.datanode import is_registered
from serai.builtin_plugins.hadoop.decommissioning import MARGIN, await_containers
from serai.builtin_plugins.hadoop.high_availability import await_quorum, roles
from serai.builtin_plugins.hadoop.hosts_files import Members, announce
from serai.builtin_plugins.hadoop.journals import journals_written
from serai.builtin_plugins.hadoop.namenode import NameNodeState, active_namenode
from serai.builtin_plugins.hadoop.recommissioning import in_service, recommission
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.topology import NAMENODE_RPC
from serai.builtin_plugins.hadoop.values import timeouts
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_YARN: Final = (processes.RESOURCEMANAGER,)
_JOURNAL: Final = "dfs.journalnode.rpc-address"
_ADMIN: Final = "org.apache.hadoop.hdfs.tools.DFSAdmin"


def renew(cluster: Cluster, process: str, instances: Sequence[Instance], run: Run) -> None:
    """Restart a process on instances, and return when it does its work again.

    Args:
        cluster: the cluster with its new values.
        process: one that is restarted in turn.
        instances: where.
        run: the operation.

    Raises:
        HostsFailed: one did not start, or could not be drained.
        DeadlineExceeded: one did not come back in time.
    """
    if process == processes.NODEMANAGER:
        _renew_nodemanagers(cluster, instances, run)
        return
    for instance in instances:
        _ONE[process](cluster, instance, run)


def await_datanodes(cluster: Cluster, instances: Sequence[Instance], run: Run, *, missing: int) -> None:
    """Return when DataNodes that were restarted are known to every NameNode that answers.

    Args:
        cluster: the cluster.
        instances: with a DataNode each.
        run: the operation.
        missing: how many blocks may have no replica: as many as had none before.

    Raises:
        DeadlineExceeded: one did not register, or blocks are missing.
    """
    if not instances:
        return
    with run.step("Await DataNodes that were restarted"):
        run.wait_until(
            lambda: _are_back(cluster, instances, missing),
            what="the DataNodes to be registered again, with all their blocks",
            timeout=float(timeouts(cluster).datanodes_startup),
        )


def _are_back(cluster: Cluster, instances: Sequence[Instance], missing: int) -> bool:
    _, state = active_namenode(cluster)
    states = roles(cluster)
    answering = frozenset(
        authority(each, NAMENODE_RPC)
        for each in cluster.instances_with(processes.NAMENODE)
        if isinstance(states[each.instance_name], NameNodeState)
    )
    are_listed = {datanode_address(each) for each in instances} <= state.live
    return are_listed and state.blocks.missing <= missing and all(is_registered(each, answering) for each in instances)


def _renew_datanode(cluster: Cluster, instance: Instance, run: Run) -> None:
    missing = active_namenode(cluster)[1].blocks.missing
    _restart(instance, processes.DATANODE, run)
    await_datanodes(cluster, [instance], run, missing=missing)


def _renew_nodemanagers(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Each finishes its containers first, as one that leaves does; the DataNode beside it goes on."""
    limits = timeouts(cluster)
    pausing = Members(cluster.instances, pausing=instances)
    announce(cluster, pausing, run, grace=limits.nodemanagers_decommissioning, masters=_YARN)
    try:
        await_containers(cluster, instances, run, limits.nodemanagers_decommissioning + MARGIN)
    except DeadlineExceeded:
        recommission(cluster, cluster.instances, instances, run)
        raise
    name = DAEMONS[processes.NODEMANAGER].service
    run.each(instances, lambda each: each.remote.services.stop(name), step="Stop NodeManagers")
    announce(cluster, Members(cluster.instances), run, masters=_YARN)
    start_processes(instances, (processes.NODEMANAGER,), run, step="Start NodeManagers")
    with run.step("Await NodeManagers that were restarted"):
        run.wait_until(
            lambda: in_service(cluster, instances),
            what="the NodeManagers to run again",
            timeout=float(limits.datanodes_startup),
        )


def _renew_journalnode(cluster: Cluster, instance: Instance, run: Run) -> None:
    everyone = {authority(each, _JOURNAL) for each in cluster.instances_with(processes.JOURNALNODE)}
    _await_journals(cluster, everyone - {authority(instance, _JOURNAL)}, run)
    _restart(instance, processes.JOURNALNODE, run)
    active, _ = active_namenode(cluster)
    run.each([active], _begin_segment, step="Begin another segment of edits")
    _await_journals(cluster, everyone, run)


def _begin_segment(namenode: Instance) -> None:
    command = hadoop_command(namenode, _ADMIN, "-fs", f"hdfs://{authority(namenode, NAMENODE_RPC)}", "-rollEdits")
    namenode.remote.run(*command, timeout=120.0)


def _await_journals(cluster: Cluster, wanted: set[str], run: Run) -> None:
    with run.step("Await JournalNodes"):
        run.wait_until(
            lambda: wanted <= journals_written(active_namenode(cluster)[0]),
            what=f"the NameNode to write to the JournalNodes {', '.join(sorted(wanted))}",
            timeout=float(timeouts(cluster).start),
        )


def _renew_zookeeper(cluster: Cluster, instance: Instance, run: Run) -> None:
    _restart(instance, processes.ZOOKEEPER_SERVER, run)
    await_quorum(cluster, run)


def _renew_historyserver(cluster: Cluster, instance: Instance, run: Run) -> None:
    """Nothing waits for it: it is back when it listens."""
    _restart(instance, processes.HISTORYSERVER, run)


def _restart(instance: Instance, process: str, run: Run) -> None:
    run.each(
        [instance],
        lambda each: each.remote.services.restart(daemon_service(each, process)),
        step=f"Restart {process}",
    )


_ONE: Final[Mapping[str, Callable[[Cluster, Instance, Run], None]]] = {
    processes.DATANODE: _renew_datanode,
    processes.JOURNALNODE: _renew_journalnode,
    processes.ZOOKEEPER_SERVER: _renew_zookeeper,
    processes.HISTORYSERVER: _renew_historyserver,
}
