"""Bringing new values into force on a cluster that runs."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import evolve

from serai.builtin_plugins.hadoop import settings
from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.daemons import DAEMONS, daemon_service, start_together
from serai.builtin_plugins.hadoop.extra_properties import parsed
from serai.builtin_plugins.hadoop.failover import PAIR, restart_pair
from serai.builtin_plugins.hadoop.high_availability import start_zookeeper
from serai.builtin_plugins.hadoop.lifecycle import install_on, wait_for_hadoop
from serai.builtin_plugins.hadoop.namenode import active_namenode
from serai.builtin_plugins.hadoop.processes import (
    DATANODE,
    FAILOVER_CONTROLLER,
    HDFS,
    HISTORYSERVER,
    JOURNALNODE,
    NAMENODE,
    NODEMANAGER,
    PROCESSES,
    RESOURCEMANAGER,
    SECONDARY_NAMENODE,
    ZOOKEEPER_SERVER,
)
from serai.builtin_plugins.hadoop.reach import reach
from serai.builtin_plugins.hadoop.renewal import await_datanodes, renew
from serai.builtin_plugins.hadoop.topology import NAMENODE_RPC, cluster_info
from serai.hookspec.changes import Changes, Step
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance, Secret
from serai.hookspec.run import Run

_PASSED_THROUGH: Final = frozenset(config.key for config in (*settings.EXTRA.values(), *settings.SECRET_EXTRA.values()))
_TIERS: Final = (
    (ZOOKEEPER_SERVER,),
    (JOURNALNODE,),
    (NAMENODE, RESOURCEMANAGER),
    (FAILOVER_CONTROLLER, SECONDARY_NAMENODE, DATANODE, NODEMANAGER, HISTORYSERVER),
)
"""Those of one tier need those of the tiers before it, and start at the same time."""


def update_policy(cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy | None:
    """What a change takes where that is not what its config says; arguments as of the hook ``get_update_policy``."""
    if config.key in _PASSED_THROUGH:
        policies = {reach(name).policy for name in _changed_names(_clear(old), _clear(new))}
        return UpdatePolicy.LIVE if policies <= {UpdatePolicy.LIVE} else None
    if config.name == NAMENODE_RPC and is_highly_available(cluster):
        # ZooKeeper remembers by it which NameNode was active last, and failover stops at another one.
        return UpdatePolicy.IMMUTABLE
    return None


def disruptions(cluster: Cluster, changes: Changes) -> Iterator[str]:
    """What users lose meanwhile; arguments as of the hook ``get_disruptions``."""
    at_once = {process for step in changes.steps if step.policy is UpdatePolicy.RESTART for process in step.processes}
    in_turn = {process for step in changes.steps if step.policy is UpdatePolicy.ROLLING for process in step.processes}
    if NAMENODE in at_once and _in_turn(cluster, at_once):
        yield "The NameNodes are restarted in turn: HDFS pauses for some seconds when the other one takes over."
    elif not at_once.isdisjoint((NAMENODE, DATANODE, JOURNALNODE)):
        yield "HDFS is restarted: files can be neither read nor written until it is back, and jobs that run may fail."
    if RESOURCEMANAGER in at_once:
        yield "The ResourceManager is restarted: applications that run end, unless it recovers them."
    elif NODEMANAGER in at_once:
        yield "The NodeManagers are restarted at once: what runs in their containers ends."
    if DATANODE in in_turn:
        yield "DataNodes are restarted in turn: blocks whose only replica is there cannot be read meanwhile."
    if NODEMANAGER in in_turn:
        yield (
            "NodeManagers are restarted in turn, each when its containers have finished, or when the time for that is"
            " over: what is left then is ended, and begun anew elsewhere by its application."
        )
        if cluster.count_of(NODEMANAGER) == 1:
            yield "There is no other NodeManager: applications wait until it is back."


def reconfigure(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Do one step; arguments and errors are those of the hook ``reconfigure_cluster``."""
    step = changes.step
    if step.policy is UpdatePolicy.LIVE:
        install_on(cluster.instances, run)
    elif step.policy is UpdatePolicy.ROLLING:
        for process in step.processes:
            renew(cluster, process, step.instances_with(process, cluster), run)
    else:
        _restart(cluster, step, run)
    cluster.info.update(cluster_info(cluster))


def _restart(cluster: Cluster, step: Step, run: Run) -> None:
    if _in_turn(cluster, set(step.processes)):
        restart_pair(cluster, step, run)
        step = evolve(step, processes={name: at for name, at in step.processes.items() if name not in PAIR})
    datanodes = step.instances_with(DATANODE, cluster)
    missing = _missing(cluster) if datanodes else 0
    for tier in reversed(_TIERS):
        _each(cluster, step, tier, run, starts=False)
    for tier in _TIERS:
        _each(cluster, step, tier, run, starts=True)
        if step.instances_with(ZOOKEEPER_SERVER, cluster) and ZOOKEEPER_SERVER in tier:
            start_zookeeper(cluster, run)
    wait_for_hadoop(cluster, run)
    await_datanodes(cluster, datanodes, run, missing=missing)


def _each(cluster: Cluster, step: Step, tier: Sequence[str], run: Run, *, starts: bool) -> None:
    """Stop, or start, what a step touches of a tier."""
    own = {
        instance.instance_name: [
            process for process in tier if instance.instance_name in step.processes.get(process, ())
        ]
        for instance in cluster.instances
    }
    touched = [instance for instance in cluster.instances if own[instance.instance_name]]
    if not touched:
        return

    def start(instance: Instance) -> None:
        start_together(instance, [daemon_service(instance, process) for process in own[instance.instance_name]])

    def stop(instance: Instance) -> None:
        for process in own[instance.instance_name]:
            instance.remote.services.stop(DAEMONS[process].service)

    names = ", ".join(process for process in tier if step.processes.get(process))
    if starts:
        run.each(touched, start, step=f"Start {names}")
    else:
        run.each(touched, stop, step=f"Stop {names}")


def _in_turn(cluster: Cluster, touched: set[str]) -> bool:
    """Whether two NameNodes can be restarted one after the other: nothing else of HDFS is restarted with them."""
    of_hdfs = touched & {*PROCESSES[HDFS], ZOOKEEPER_SERVER}
    return is_highly_available(cluster) and bool(of_hdfs) and of_hdfs <= set(PAIR)


def _missing(cluster: Cluster) -> int:
    """How many blocks have no replica; where no NameNode tells, it is none that shall be missing afterwards."""
    try:
        return active_namenode(cluster)[1].blocks.missing
    except RemoteError:
        return 0


def _changed_names(old: str, new: str) -> set[str]:
    before, after = ({entry.name: entry.value for entry in parsed(text)} for text in (old, new))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _clear(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else value or ""
