"""Restarting two NameNodes in turn, so that one of them serves all the time."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.builtin_plugins.hadoop.daemons import daemon_service, hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.high_availability import is_active, roles, wait_for_pair
from serai.builtin_plugins.hadoop.namenode import NameNodeState, active_namenode
from serai.builtin_plugins.hadoop.nameservice import namenode_id
from serai.builtin_plugins.hadoop.processes import FAILOVER_CONTROLLER, NAMENODE
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.values import timeouts
from serai.hookspec.changes import Step
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

PAIR: Final = (NAMENODE, FAILOVER_CONTROLLER)
"""What is restarted in turn where there are two NameNodes, in the order they start."""
_ADMIN: Final = "org.apache.hadoop.hdfs.tools.DFSHAAdmin"


def restart_pair(cluster: Cluster, step: Step, run: Run) -> None:
    """Restart the NameNode on standby, have it take over, restart the other one. One that had ended comes back so.

    Args:
        cluster: the cluster with its new values.
        step: tells what is touched: processes of :data:`PAIR`, and maybe others.
        run: the operation.

    Raises:
        HostsFailed: one did not start, or did not take over.
        DeadlineExceeded: one is not on standby in time.
    """
    namenodes = cluster.instances_with(NAMENODE)
    # One that has ended can neither take over nor hand over.
    start_processes(namenodes, (FAILOVER_CONTROLLER,), run, step="Start failover controllers")
    for instance in in_turn(namenodes, roles(cluster)):
        own = [process for process in PAIR if instance.instance_name in step.processes.get(process, ())]
        if not own:
            continue
        if is_active(roles(cluster)[instance.instance_name]):
            _hand_over(cluster, instance, run)
        _restart(instance, own, run)
        wait_for_pair(cluster, run)


def in_turn(namenodes: Sequence[Instance], states: Mapping[str, NameNodeState | RemoteError]) -> list[Instance]:
    """The active one last.

    Args:
        namenodes: both.
        states: what each of them says, by name.
    """
    return sorted(namenodes, key=lambda each: is_active(states[each.instance_name]))


def _hand_over(cluster: Cluster, active: Instance, run: Run) -> None:
    """Both failover controllers see to it: the new one waits until the old one has stepped back."""
    (other,) = (each for each in cluster.instances_with(NAMENODE) if each is not active)

    def fail_over(instance: Instance) -> None:
        command = hadoop_command(instance, _ADMIN, "-failover", namenode_id(active), namenode_id(other))
        instance.remote.run(*command, env=hadoop_environment(instance), timeout=120.0)

    run.each([other], fail_over, step=f"Have {other.instance_name} take over")
    run.wait_until(
        lambda: active_namenode(cluster)[0] is other,
        what=f"the NameNode of {other.instance_name} to be active",
        timeout=float(timeouts(cluster).start),
    )


def _restart(instance: Instance, own: Sequence[str], run: Run) -> None:
    def restart(instance: Instance) -> None:
        for process in own:
            instance.remote.services.restart(daemon_service(instance, process))

    run.each([instance], restart, step="Restart a NameNode on standby")
