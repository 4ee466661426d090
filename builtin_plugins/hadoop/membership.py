"""Waiting until HDFS and YARN are there with all their nodes and do what they are for."""

from collections.abc import Callable, Mapping, Set
from typing import Final, TypeVar

from serai.builtin_plugins.hadoop.addresses import datanodes_by_address, nodemanagers_by_host
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.namenode import active_namenode
from serai.builtin_plugins.hadoop.processes import DATANODE, NAMENODE, NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.resourcemanager import RUNNING, ask_nodemanagers
from serai.builtin_plugins.hadoop.values import timeouts
from serai.builtin_plugins.hadoop.webhdfs import WebHdfs
from serai.builtin_plugins.leader_workers.membership import Membership, have_joined, not_joined
from serai.hookspec.errors import DeadlineExceeded, RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

Key = TypeVar("Key")

_HDFS: Final = Membership(NAMENODE, listed_as=" as live", code="HDFS", service=DAEMONS[DATANODE].service)
_YARN: Final = Membership(RESOURCEMANAGER, listed_as=" as running", code="YARN", service=DAEMONS[NODEMANAGER].service)
_PROBE: Final = "/.serai-probe"
_CONTENT: Final = b"written to HDFS, to be read back\n"


def wait_for_hdfs(cluster: Cluster, run: Run) -> None:
    """Return when exactly the cluster's DataNodes are live, and a file was written to HDFS and read back.

    Args:
        cluster: the cluster.
        run: the operation.

    Raises:
        DeadlineExceeded: naming the instances whose DataNode is missing, with the log of the first; or what else HDFS
            did not get to.
    """
    limit = float(timeouts(cluster).datanodes_startup)
    expected = datanodes_by_address(cluster.instances)
    given_up = datanodes_by_address(cluster.quarantined).keys()
    with run.step("Await HDFS"):
        _await(_HDFS, expected, lambda: active_namenode(cluster)[1].live - given_up, run, limit)
        run.wait_until(lambda: not _safe_mode(cluster), what="the NameNode to leave safe mode", timeout=limit)
        run.wait_until(lambda: is_writable(cluster), what="a file to be written to HDFS and read back", timeout=limit)


def wait_for_yarn(cluster: Cluster, run: Run) -> None:
    """Return when exactly the cluster's NodeManagers run; raises what :func:`wait_for_hdfs` raises.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    expected = nodemanagers_by_host(cluster.instances)
    given_up = nodemanagers_by_host(cluster.quarantined).keys()
    limit = float(timeouts(cluster).datanodes_startup)
    with run.step("Await YARN"):
        _await(_YARN, expected, lambda: ask_nodemanagers(cluster).in_state(RUNNING) - given_up, run, limit)


def is_writable(cluster: Cluster) -> bool:
    """Whether a file written to HDFS is read back as it was; it is removed again.

    Raises:
        RemoteError: HDFS does not answer, or gives something else.
    """
    instance, _ = active_namenode(cluster)
    files = WebHdfs(instance)
    files.write(_PROBE, _CONTENT)
    found = files.read(_PROBE)
    files.remove(_PROBE)
    if found != _CONTENT:
        raise RemoteError(
            "HDFS gives back another content than was written", host=instance.instance_name, code="HDFS_WRONG_CONTENT"
        )
    return True


def _safe_mode(cluster: Cluster) -> bool:
    state = active_namenode(cluster)[1]
    if state.safe_mode:
        raise RemoteError(state.safe_mode, code="HDFS_SAFE_MODE", place=cluster.name)
    return False


def _await(
    membership: Membership, expected: Mapping[Key, Instance], look: Callable[[], Set[Key]], run: Run, limit: float
) -> None:
    seen: list[Set[Key]] = []

    def joined() -> bool:
        seen[:] = [look()]
        return have_joined(expected.keys(), seen[0], alone=True)

    try:
        run.wait_until(joined, what=f"{len(expected)} nodes to join the {membership.leader}", timeout=limit)
    except DeadlineExceeded as error:
        if not seen:
            raise
        raise not_joined(membership, expected, seen[0], limit) from error
