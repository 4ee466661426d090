"""Making a Dask cluster, adding to it, ending it. Every step done twice is as good as done once."""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES, services_of
from serai.builtin_plugins.dask.installation import install, installed_environment
from serai.builtin_plugins.dask.membership import wait_for_workers
from serai.builtin_plugins.dask.settings import SCHEDULER, SERVICE, WORKER, ClusterSettings
from serai.builtin_plugins.dask.topology import scheduler_address, scheduler_url, workers_by_address
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.process_jobs import stop_jobs
from serai.hookspec.run import Run

_MARGIN: Final = 60.0
"""Seconds a host may take beside the waiting itself, so that the service's own error is the one that is told."""


def configure(instances: Sequence[Instance], run: Run) -> None:
    """Install Dask and write its configuration.

    Args:
        instances: where; those without a Dask process are left alone.
        run: the operation.
    """
    run.each(_with_dask(instances), lambda instance: install(instance, run), step="Install Dask")


def start(cluster: Cluster, run: Run) -> None:
    """Start the scheduler and all workers, until the scheduler lists exactly these workers.

    All at once: a worker waits for its scheduler by itself.

    Args:
        cluster: the cluster, configured.
        run: the operation.
    """
    start_processes(cluster, cluster.instances, run, step="Start Dask")
    wait_for_workers(cluster, workers_by_address(cluster.instances), run, alone=True)
    cluster.info[SERVICE] = cluster_info(cluster)


def scale(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Install and start Dask on new instances, until the scheduler lists their workers.

    Others are not touched: their workers keep the sizes they were started with, whatever is recommended now.

    Args:
        cluster: the cluster.
        instances: the new ones.
        run: the operation.
    """
    configure(instances, run)
    start_processes(cluster, instances, run, step="Start Dask workers")
    wait_for_workers(cluster, workers_by_address(instances), run, alone=False)


def terminate(cluster: Cluster, run: Run) -> None:
    """Stop jobs, then workers and scheduler.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    run.each(cluster.instances_with(SCHEDULER), stop_jobs, step="Stop jobs")
    stop_processes(cluster, run)


def stop_processes(cluster: Cluster, run: Run) -> None:
    """Stop workers, then the scheduler.

    In this order: a worker that is told to end while it is just losing its scheduler hangs until it is killed.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    try:
        _stop(cluster, WORKER, run)
    finally:
        _stop(cluster, SCHEDULER, run)


def cluster_info(cluster: Cluster) -> dict[str, str]:
    """What is published of a cluster: where clients connect, and where people look."""
    url = scheduler_url(cluster)
    return {"Scheduler": scheduler_address(cluster), "HTTP": url, "Web UI": f"{url}/info/main/workers.html"}


def _with_dask(instances: Sequence[Instance]) -> list[Instance]:
    return [each for each in instances if runs(each, SCHEDULER) or runs(each, WORKER)]


def start_processes(cluster: Cluster, instances: Sequence[Instance], run: Run, *, step: str) -> None:
    """Start what belongs on instances. What runs as it should goes on; what runs with other values is restarted.

    Args:
        cluster: the cluster.
        instances: where; those without a Dask process are left alone.
        run: the operation.
        step: what it is called.
    """
    # each process of an instance has the start timeout to itself
    limit = len(SERVICE_NAMES) * ClusterSettings.of(cluster).start_timeout + _MARGIN
    run.each(_with_dask(instances), _start_services, step=step, timeout=limit)


def _start_services(instance: Instance) -> None:
    for service in services_of(instance, installed_environment(instance.remote)):
        instance.remote.services.start(service)


def _stop(cluster: Cluster, process: str, run: Run) -> None:
    name = SERVICE_NAMES[process]
    run.each(
        cluster.instances_with(process),
        lambda instance: instance.remote.services.stop(name),
        step=f"Stop Dask {process}",
    )
