"""Taking nodes back into service that were to leave, and could not."""

from collections.abc import Sequence

from serai.builtin_plugins.hadoop.addresses import datanodes_by_address, nodemanagers_by_host
from serai.builtin_plugins.hadoop.hosts_files import Members, announce
from serai.builtin_plugins.hadoop.namenode import IN_SERVICE, active_namenode
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.resourcemanager import RUNNING, ask_nodemanagers
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.values import timeouts
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run


def recommission(cluster: Cluster, members: Sequence[Instance], returning: Sequence[Instance], run: Run) -> None:
    """Return when the nodes take blocks and containers as before.

    A NodeManager that had finished has ended itself, and is started again; so is a DataNode that died meanwhile.

    Args:
        cluster: the cluster.
        members: all its instances.
        returning: those that are to stay after all.
        run: the operation.

    Raises:
        HostsFailed: a NameNode or ResourceManager could not be told, or a process not started.
        DeadlineExceeded: a node is not in service in time.
    """
    announce(cluster, Members(members), run)
    start_processes(returning, (DATANODE, NODEMANAGER), run, step="Start DataNodes and NodeManagers again")
    with run.step("Await nodes back in service"):
        run.wait_until(
            lambda: in_service(cluster, returning),
            what="the nodes to be in service again",
            timeout=float(timeouts(cluster).datanodes_startup),
        )


def in_service(cluster: Cluster, instances: Sequence[Instance]) -> bool:
    """Whether DataNodes are live and take blocks, and NodeManagers run.

    Raises:
        RemoteError: the NameNode or the ResourceManager does not answer, or says what cannot be read.
    """
    _, state = active_namenode(cluster)
    serving = {each.address for each in state.datanodes if each.alive and each.state == IN_SERVICE}
    if not datanodes_by_address(instances).keys() <= serving:
        return False
    hosts = nodemanagers_by_host(instances).keys()
    return not cluster.instances_with(RESOURCEMANAGER) or hosts <= ask_nodemanagers(cluster).in_state(RUNNING)
