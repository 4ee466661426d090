"""Bringing new values into force on a cluster that runs."""

from collections.abc import Iterator, Sequence

from serai.builtin_plugins.dask.checks import worker_health
from serai.builtin_plugins.dask.daemons import worker_service
from serai.builtin_plugins.dask.decommissioning import decommission
from serai.builtin_plugins.dask.installation import installed_environment
from serai.builtin_plugins.dask.lifecycle import (
    cluster_info,
    configure,
    start_processes,
    stop_processes,
)
from serai.builtin_plugins.dask.membership import wait_for_workers
from serai.builtin_plugins.dask.settings import SCHEDULER, SERVICE, WORKER, ClusterSettings, WorkerSettings
from serai.builtin_plugins.dask.topology import workers_by_address
from serai.hookspec.changes import Changes
from serai.hookspec.configs import UpdatePolicy
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run


def disruptions(cluster: Cluster, changes: Changes) -> Iterator[str]:
    """What users lose meanwhile; arguments as of the hook ``get_disruptions``."""
    touched = {process for step in changes.steps for process in step.processes}
    if SCHEDULER in touched:
        yield (
            "The scheduler is restarted, and all workers with it: whatever they hold in memory is lost, computations"
            " that run end, and the cluster cannot be used until they are back."
        )
    elif WORKER in touched:
        yield (
            "Workers are restarted in turn, each when others have taken over what it holds: computations go on, with"
            " less room."
        )
        if len(cluster.instances_with(WORKER)) == 1:
            yield "There is no other worker: while this one holds data it cannot be restarted, and the change stops."


def reconfigure(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Do one step; arguments and errors are those of the hook ``reconfigure_cluster``."""
    step = changes.step
    if step.policy is UpdatePolicy.LIVE:
        configure(cluster.instances, run)
    elif step.policy is UpdatePolicy.ROLLING:
        _renew(cluster, step.instances_with(WORKER, cluster), run)
    else:
        _restart(cluster, run)
    cluster.info[SERVICE] = cluster_info(cluster)


def _renew(cluster: Cluster, workers: Sequence[Instance], run: Run) -> None:
    """Restart workers with nothing lost, until the scheduler lists them; those that are as they should be were renewed
    before."""
    current = run.each(workers, _is_current, step="Look for workers with former values")
    former = [instance for instance, is_current in zip(workers, current, strict=True) if not is_current]
    decommission(cluster, former, run)
    start_processes(cluster, former, run, step="Start Dask workers")
    wait_for_workers(cluster, workers_by_address(workers), run, alone=False)
    run.each(workers, lambda each: _await_answer(each, cluster, run), step="Await answers of workers")


def _is_current(instance: Instance) -> bool:
    service = worker_service(instance, installed_environment(instance.remote))
    return instance.remote.services.runs(service) and _is_well(instance)


def _is_well(instance: Instance) -> bool:
    return worker_health(instance).color is HealthColor.GREEN


def _await_answer(instance: Instance, cluster: Cluster, run: Run) -> None:
    """Where its HTTP port is in use, Dask takes another one by itself, and nobody finds the worker there."""
    port = WorkerSettings.of(instance.node_group).http_port
    run.wait_until(
        lambda: _is_well(instance),
        what=f"the worker of {instance.instance_name} to answer on port {port}",
        timeout=ClusterSettings.of(cluster).start_timeout,
    )


def _restart(cluster: Cluster, run: Run) -> None:
    """Restart the scheduler with all workers: none outlives it, and one that loses it while it is told to end hangs."""
    stop_processes(cluster, run)
    start_processes(cluster, cluster.instances, run, step="Start Dask")
    wait_for_workers(cluster, workers_by_address(cluster.instances), run, alone=True)
