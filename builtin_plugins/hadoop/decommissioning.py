"""Taking nodes out of a cluster with no block and no container lost, or leaving them in."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from attrs import define, field

from serai.builtin_plugins.hadoop.addresses import Address, datanodes_by_address, nodemanagers_by_host
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.fsck import count_unmeetable
from serai.builtin_plugins.hadoop.hosts_files import Members, announce
from serai.builtin_plugins.hadoop.namenode import ACTIVE, DECOMMISSIONED, IN_SERVICE, NameNodeState, active_namenode
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.readjustment import readjust
from serai.builtin_plugins.hadoop.recommissioning import recommission
from serai.builtin_plugins.hadoop.resourcemanager import GONE, NodeManagers, ask_nodemanagers
from serai.builtin_plugins.hadoop.topology import with_any
from serai.builtin_plugins.hadoop.values import timeouts
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.errors import DeadlineExceeded, RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_INTERVAL: Final = 1.0
MARGIN: Final = 120.0
"""Seconds that the ResourceManager may take, beyond the containers' time, to see that the time is over."""


def decommission(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Return when all that was on the nodes is elsewhere, they are no members any more, and their processes have ended.

    Done again after a crash it goes through the same steps, and finds done what was.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that will be removed.
        run: the operation.

    Raises:
        DeadlineExceeded: blocks or containers were left when the time was over. The nodes are in service again.
        HostsFailed: a NameNode or ResourceManager could not be told, or a process could not be stopped.
    """
    leaving = with_any(instances, (DATANODE, NODEMANAGER))
    if not leaving:
        return
    names = {instance.instance_name for instance in instances}
    staying = [instance for instance in cluster.instances if instance.instance_name not in names]
    limits = timeouts(cluster)
    announce(cluster, Members([*staying, *leaving], leaving), run, grace=limits.nodemanagers_decommissioning)
    try:
        await_containers(cluster, leaving, run, limits.nodemanagers_decommissioning + MARGIN)
        _await_blocks(cluster, leaving, run, float(limits.datanodes_decommissioning))
    except DeadlineExceeded as error:
        recommission(cluster, [*staying, *leaving], leaving, run)
        raise _kept(leaving, error) from error
    run.each(leaving, lambda each: _stop(cluster, each, run), step="Stop DataNodes and NodeManagers")
    announce(cluster, Members(staying), run)
    readjust(cluster, staying, run)


def is_drained(state: NameNodeState, leaving: Collection[Address], unmeetable: int = 0) -> bool:
    """Whether it is proved that every block is elsewhere, as often as its file asks for.

    *Decommissioned* proves it of a DataNode that is alive. One that was dead when it was told to leave is called so at
    once, and a NameNode just started has not looked at all blocks: so those of the whole file system count, too.

    Args:
        state: what the active NameNode says.
        leaving: the DataNodes, at least one; each must be listed, by equality of its address.
        unmeetable: blocks in want of replicas that no DataNode is left for, as of :mod:`.fsck`.
    """
    found = [state.find(address) for address in leaving]
    decommissioned = [each for each in found if each is not None and each.state == DECOMMISSIONED]
    if not decommissioned or len(decommissioned) != len(leaving) or state.role != ACTIVE or state.safe_mode:
        return False
    blocks = state.blocks
    whole = blocks.counted and blocks.missing == 0 and blocks.under_replicated <= unmeetable
    return whole and (blocks.pending == 0 or all(each.alive for each in decommissioned))


def has_ended(nodemanagers: NodeManagers, host: str) -> bool:
    """Whether the ResourceManager lists a host's NodeManager, and it and its former selves run nothing any more."""
    there = [each for each in nodemanagers.listed if each.host == host]
    return bool(there) and all(each.state in GONE for each in there)


def await_containers(cluster: Cluster, leaving: Sequence[Instance], run: Run, limit: float) -> None:
    """Return when NodeManagers that were told to leave have ended, and all that ran on them.

    Args:
        cluster: the cluster.
        leaving: instances; those without a NodeManager are left alone.
        run: the operation.
        limit: seconds.

    Raises:
        DeadlineExceeded: something is left.
    """
    hosts = nodemanagers_by_host(leaving)
    if not hosts or not cluster.instances_with(RESOURCEMANAGER):
        return

    def ended() -> bool:
        found = ask_nodemanagers(cluster)
        left = [each for host, each in hosts.items() if not has_ended(found, host)]
        unlisted = [each for each in left if found.find(each.internal_ip) is None]
        return len(left) == len(unlisted) and not any(_runs(each, NODEMANAGER) for each in unlisted)

    with run.step("Drain NodeManagers"):
        what = f"the containers of {_names(hosts.values())} to finish"
        run.wait_until(ended, what=what, timeout=limit, interval=_INTERVAL)


def _await_blocks(cluster: Cluster, leaving: Sequence[Instance], run: Run, limit: float) -> None:
    datanodes = datanodes_by_address(leaving)
    if not datanodes:
        return
    watch = Watch(datanodes, lambda: active_namenode(cluster), run)
    with run.step("Drain DataNodes"):
        what = f"the blocks of {_names(datanodes.values())} to be elsewhere"
        try:
            run.wait_until(watch.drained, what=what, timeout=limit, interval=_INTERVAL)
        except DeadlineExceeded as error:
            raise DeadlineExceeded(f"{error.message}; {watch.told or 'the NameNode did not answer'}") from error


@define
class Watch:
    """Looks at the NameNode again and again, and tells what is left when that changes.

    Attributes:
        datanodes: those that are to leave, by address.
        look: gives the active NameNode's instance, and what that says.
        run: the operation.
        told: what was left at the last look, in words.
    """

    datanodes: dict[Address, Instance]
    look: Callable[[], tuple[Instance, NameNodeState]]
    run: Run
    told: str = ""
    _proved_by: Instance | None = field(default=None, init=False)

    def drained(self) -> bool:
        """Whether two looks in a row at one NameNode prove it.

        A block may be seen neither as wanted nor, yet, as being copied; and a NameNode that has just become active may
        not have begun to count blocks, which looks as if it had none.
        """
        namenode, state = self.look()
        if (left := what_is_left(state, self.datanodes)) != self.told:
            self.told = left
            self.run.log.info("decommissioning: %s", left)
        before, self._proved_by = self._proved_by, namenode if self._is_proved(namenode, state) else None
        return before is not None and before is self._proved_by

    def _is_proved(self, namenode: Instance, state: NameNodeState) -> bool:
        """All files are looked at only when nothing but blocks in want of replicas is in the way."""
        wanting = state.blocks.under_replicated
        if not wanting or not is_drained(state, self.datanodes, wanting):
            return is_drained(state, self.datanodes)
        serving = sum(each.alive and each.state == IN_SERVICE for each in state.datanodes)
        return is_drained(state, self.datanodes, count_unmeetable(namenode, serving))


def what_is_left(state: NameNodeState, datanodes: dict[Address, Instance]) -> str:
    """How far the NameNode is, in words: each DataNode's state, and blocks that are in want of replicas."""
    told = []
    for address, instance in datanodes.items():
        found = state.find(address)
        left = f", {state.left[address]} blocks left" if address in state.left else ""
        dead = ", dead" if found is not None and not found.alive else ""
        told.append(f"{instance.instance_name} is {found.state if found else 'not listed'}{dead}{left}")
    blocks = state.blocks
    wanting = f"{blocks.under_replicated} blocks under-replicated, {blocks.missing} missing in the file system"
    return "; ".join([*told, wanting, *(["the NameNode is in safe mode"] if state.safe_mode else [])])


def _stop(cluster: Cluster, instance: Instance, run: Run) -> None:
    """Stop what is drained; a machine that does not answer needs no stopping once the NameNode, too, misses it."""
    try:
        for process in (NODEMANAGER, DATANODE):
            if runs(instance, process):
                instance.remote.services.stop(DAEMONS[process].service)
    except RemoteError as error:
        if not _is_missed(cluster, instance):
            raise
        run.log.warning("%s is dead, and could not be stopped: %s", instance.instance_name, error.message)


def _is_missed(cluster: Cluster, instance: Instance) -> bool:
    live = active_namenode(cluster)[1].live
    return live.isdisjoint(datanodes_by_address([instance]))


def _runs(instance: Instance, process: str) -> bool:
    name = DAEMONS[process].service
    return instance.remote.services.status(name)[name].is_running


def _kept(leaving: Sequence[Instance], error: DeadlineExceeded) -> DeadlineExceeded:
    return DeadlineExceeded(
        f"not drained, and in service again: {_names(leaving)}: {error.message}",
        code="HADOOP_NOT_DRAINED",
        hint="give it more time ('DataNodes decommissioning timeout'), add DataNodes, or have files ask for no more"
        " replicas than there will be DataNodes (hdfs dfs -setrep)",
    )


def _names(instances: Collection[Instance]) -> str:
    return ", ".join(instance.instance_name for instance in instances)
