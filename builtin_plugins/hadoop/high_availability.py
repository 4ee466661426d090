"""Starting two NameNodes over one namespace, and seeing that one of them is active and the other ready to be.

What is done once in the life of a cluster is found done by what it left: an image in a NameNode's name directories, the
failover controllers' place in ZooKeeper. So all of it can be done again after a crash.
"""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.hadoop.daemons import DAEMONS, hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.formatting import State, format_once, state_on
from serai.builtin_plugins.hadoop.namenode import ACTIVE, NameNodeState, ask_namenode
from serai.builtin_plugins.hadoop.processes import (
    FAILOVER_CONTROLLER,
    JOURNALNODE,
    NAMENODE,
    ZOOKEEPER_SERVER,
)
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.values import timeouts
from serai.builtin_plugins.hadoop.zookeeper import all_serve
from serai.hookspec.errors import CommandFailed, RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

STANDBY: Final = "standby"
_TIMEOUT: Final = 300.0
_IS_THERE: Final = 2
"""Exit status of the failover controller when it is not to make anew what is in ZooKeeper already: its code's
``ERR_CODE_FORMAT_DENIED``."""


def start_namenodes(cluster: Cluster, run: Run) -> None:
    """Return when both NameNodes run over one namespace, each with its failover controller.

    Args:
        cluster: the cluster, configured, with two NameNodes.
        run: the operation.

    Raises:
        LostNamespace: edits or blocks are there whose namespace is not.
        HostsFailed: a process did not start, or something could not be prepared.
        DeadlineExceeded: ZooKeeper has no quorum.
    """
    start_processes(cluster.instances, (JOURNALNODE,), run, step="Start JournalNodes")
    first, *others = _by_image(cluster.instances_with(NAMENODE), run)
    format_once(cluster, first, run)
    start_processes([first], (NAMENODE,), run, step="Start the first NameNode")
    run.each(others, _copy_once, step="Copy the namespace to the second NameNode", timeout=_TIMEOUT)
    start_processes(others, (NAMENODE,), run, step="Start the second NameNode")
    run.each([first], _make_place, step="Make the failover controllers' place in ZooKeeper")
    start_processes(cluster.instances, (FAILOVER_CONTROLLER,), run, step="Start failover controllers")


def start_zookeeper(cluster: Cluster, run: Run) -> None:
    """Return when ZooKeeper's servers have a quorum; nothing where there are none.

    Args:
        cluster: the cluster, configured.
        run: the operation.

    Raises:
        HostsFailed: a server did not start.
        DeadlineExceeded: they do not agree on a leader.
    """
    if not (servers := cluster.instances_with(ZOOKEEPER_SERVER)):
        return
    start_processes(servers, (ZOOKEEPER_SERVER,), run, step="Start ZooKeeper")
    await_quorum(cluster, run)


def await_quorum(cluster: Cluster, run: Run) -> None:
    """Return when every server of ZooKeeper takes part; arguments and errors are those of :func:`start_zookeeper`."""
    with run.step("Await ZooKeeper"):
        run.wait_until(
            lambda: all_serve(cluster.instances_with(ZOOKEEPER_SERVER)),
            what="ZooKeeper's servers to follow one leader",
            timeout=float(timeouts(cluster).start),
        )


def wait_for_pair(cluster: Cluster, run: Run) -> None:
    """Return when one NameNode is active, the other on standby, and both know the blocks.

    Args:
        cluster: the cluster, with two NameNodes and DataNodes that run.
        run: the operation.

    Raises:
        DeadlineExceeded: with what each of them is.
    """
    with run.step("Await the NameNode on standby"):
        run.wait_until(
            lambda: _demand_pair(cluster),
            what="one NameNode to be active and the other on standby",
            timeout=float(timeouts(cluster).datanodes_startup),
        )


def roles(cluster: Cluster, *, timeout: float = 10.0) -> dict[str, NameNodeState | RemoteError]:
    """What each NameNode says of itself, by its instance's name; or why nothing is known of it."""
    return {each.instance_name: _look(each, timeout) for each in cluster.instances_with(NAMENODE)}


def is_active(state: NameNodeState | RemoteError) -> bool:
    """Whether a NameNode said that it is the active one."""
    return isinstance(state, NameNodeState) and state.role == ACTIVE


def complaint(states: dict[str, NameNodeState | RemoteError]) -> str:
    """What keeps NameNodes from being one active and one ready to be, in words; ``""`` for nothing.

    Args:
        states: by name, as of :func:`roles`.
    """
    known = {name: state for name, state in states.items() if isinstance(state, NameNodeState)}
    told = [f"the one of {name} does not answer" for name in states if name not in known]
    told += [f"the one of {name} is in safe mode" for name, state in known.items() if state.safe_mode]
    found = sorted(state.role for state in known.values())
    if not told and found != [ACTIVE, STANDBY]:
        told = [f"they are {' and '.join(found)}"]
    return "; ".join(told)


def _demand_pair(cluster: Cluster) -> bool:
    if told := complaint(roles(cluster)):
        raise RemoteError(f"of the NameNodes {told}", code="HADOOP_NO_PAIR", place=cluster.name)
    return True


def _look(instance: Instance, timeout: float) -> NameNodeState | RemoteError:
    try:
        return ask_namenode(instance, timeout=timeout)
    except RemoteError as error:
        return error


def _by_image(namenodes: Sequence[Instance], run: Run) -> list[Instance]:
    """Those with an image first: where one of them lost its disks, it is the other that knows."""
    states = run.each(namenodes, state_on, step="Look for the namespace")
    known = dict(zip((each.instance_name for each in namenodes), states, strict=True))
    return sorted(namenodes, key=lambda each: known[each.instance_name] is not State.FORMATTED)


def _copy_once(instance: Instance) -> None:
    """Give a NameNode the other's image, unless it has one; that of a copy that was interrupted does not count."""
    state = state_on(instance)
    if state is State.FORMATTED:
        return
    again = ("-force",) if state is State.HALF else ()
    main_class = DAEMONS[NAMENODE].main_class
    command = hadoop_command(instance, main_class, "-bootstrapStandby", *again, "-nonInteractive")
    instance.remote.run(*command, env=hadoop_environment(instance), timeout=_TIMEOUT)


def _make_place(instance: Instance) -> None:
    command = hadoop_command(instance, DAEMONS[FAILOVER_CONTROLLER].main_class, "-formatZK", "-nonInteractive")
    try:
        instance.remote.run(*command, env=hadoop_environment(instance), timeout=_TIMEOUT)
    except CommandFailed as error:
        if error.details["status"] != _IS_THERE:
            raise
