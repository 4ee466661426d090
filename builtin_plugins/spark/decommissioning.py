"""Taking workers out of a cluster with nothing lost, by Spark's own decommissioning."""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.spark.daemons import SERVICE_NAMES
from serai.builtin_plugins.spark.master import DEAD, DECOMMISSIONED, ListedWorker, MasterState, ask_master, ask_worker
from serai.builtin_plugins.spark.settings import WORKER
from serai.builtin_plugins.spark.topology import workers_by_address
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_SIGNAL: Final = "PWR"
_SERVICE: Final = SERVICE_NAMES[WORKER]
_MARGIN: Final = 120.0


def decommission(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Return when nothing of any application is left on the workers and their processes have ended.

    Executors finish their tasks, hand their data to other workers and end. The worker itself would stay, so it is
    stopped; when the time is over before, it is not.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that will be removed.
        run: the operation.

    Raises:
        HostsFailed: some are not drained, each with its reason: the time is over, or the master or the worker does not
            say what would prove it.
    """
    limit = cluster_values(cluster).timeouts.decommissioning
    leaving = list(workers_by_address(instances).values())
    if leaving:
        run.each(leaving, lambda each: _drain(cluster, each, run), step="Drain Spark workers", timeout=limit + _MARGIN)


def _drain(cluster: Cluster, instance: Instance, run: Run) -> None:
    services = instance.remote.services
    if not _states(cluster, instance) & {DECOMMISSIONED, DEAD} and _runs(instance):
        services.signal(_SERVICE, _SIGNAL)
    run.wait_until(
        lambda: is_drained(cluster, instance),
        what=f"the worker of {instance.instance_name} to finish its tasks and hand over its data",
        timeout=cluster_values(cluster).timeouts.decommissioning,
    )
    _stop(cluster, instance, run)


def is_drained(cluster: Cluster, instance: Instance) -> bool:
    """Whether it is proved that nothing of any application is on an instance's worker, nor will be.

    It is looked for wherever it listens: its ports may be about to change.

    A worker that the master has given up holds nothing: applications were told that its executors are lost. So the
    machine of one need not even answer. The master's own count of what a worker does is not kept up once the worker is
    decommissioned: then the worker is asked.

    Raises:
        RemoteError: the master or the worker does not answer, or says what cannot be read.
    """
    master = ask_master(cluster)
    listed = master.on_host(instance.internal_ip)
    if living := [worker for worker in listed if worker.state != DEAD]:
        return all(_is_idle(worker, instance, master) for worker in living)
    return bool(listed) or not _runs(instance)


def _is_idle(worker: ListedWorker, instance: Instance, master: MasterState) -> bool:
    if worker.state != DECOMMISSIONED:
        return False
    state = ask_worker(instance, port=worker.ui_port)
    return state.executors == 0 and state.worker_id not in master.driving


def _stop(cluster: Cluster, instance: Instance, run: Run) -> None:
    try:
        instance.remote.services.stop(_SERVICE)
    except RemoteError as error:
        if _states(cluster, instance) != {DEAD}:
            raise
        run.log.warning("%s: its worker is dead, and could not be stopped: %s", instance.instance_name, error.message)


def _states(cluster: Cluster, instance: Instance) -> set[str]:
    """The state of the instance's worker; that of its former self only where there is no other. Empty when unlisted."""
    states = {worker.state for worker in ask_master(cluster).on_host(instance.internal_ip)}
    return states - {DEAD} or states


def _runs(instance: Instance) -> bool:
    return instance.remote.services.status(_SERVICE)[_SERVICE].is_running
