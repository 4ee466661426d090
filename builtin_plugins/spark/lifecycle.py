"""Making a Spark cluster, adding to it, ending it. Every step done twice is as good as done once."""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.leader_workers.instances import runs
from serai.builtin_plugins.spark.daemons import SERVICE_NAMES, master_service, worker_service
from serai.builtin_plugins.spark.installation import install, write_properties
from serai.builtin_plugins.spark.membership import wait_for_workers
from serai.builtin_plugins.spark.recommendation import remember_sizes
from serai.builtin_plugins.spark.settings import MASTER, SERVICE, WORKER
from serai.builtin_plugins.spark.topology import (
    master_instance,
    master_url,
    public_ui_url,
    with_spark,
    workers_by_address,
)
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.process_jobs import stop_jobs
from serai.hookspec.run import Run

_INSTALL_TIMEOUT: Final = 7200.0
"""Seconds: the distribution is 450 MB, and lines may be slow."""


def configure(instances: Sequence[Instance], run: Run) -> None:
    """Install Spark and write its files.

    Args:
        instances: where; those without a process of Spark are left alone.
        run: the operation.
    """
    run.each(
        with_spark(instances), lambda instance: install(instance, run), step="Install Spark", timeout=_INSTALL_TIMEOUT
    )


def start(cluster: Cluster, run: Run) -> None:
    """Start the master, then all workers, until the master says that exactly these are alive.

    Args:
        cluster: the cluster, configured.
        run: the operation.
    """
    run.each([master_instance(cluster)], _start_master, step="Start Spark master")
    start_workers(cluster.instances_with(WORKER), run)
    remember_started(cluster, cluster.instances)
    wait_for_workers(cluster, workers_by_address(cluster.instances), run, alone=True)
    cluster.info[SERVICE] = cluster_info(cluster)


def scale(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Install and start Spark on new instances, until the master says that their workers are alive.

    The master, the other workers and what runs on them go on undisturbed.

    Args:
        cluster: the cluster.
        instances: the new ones.
        run: the operation.
    """
    configure(instances, run)
    new = workers_by_address(instances)
    start_workers(list(new.values()), run)
    remember_started(cluster, instances)
    wait_for_workers(cluster, new, run, alone=False)
    run.each([master_instance(cluster)], write_properties, step="Fit later jobs to the workers")


def terminate(cluster: Cluster, run: Run) -> None:
    """Stop jobs, workers and master.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    run.each(with_spark(cluster.instances), _stop, step="Stop Spark")


def cluster_info(cluster: Cluster) -> dict[str, str]:
    """What is published of a cluster: where applications connect, and where people look."""
    return {"Master URL": master_url(cluster), "Web UI": public_ui_url(cluster)}


def _start_master(instance: Instance) -> None:
    instance.remote.services.start(master_service(instance))


def start_workers(instances: Sequence[Instance], run: Run) -> None:
    """Start workers; one that runs as it should goes on, and one that runs with other values is restarted.

    Args:
        instances: where.
        run: the operation.
    """
    run.each(
        instances, lambda instance: instance.remote.services.start(worker_service(instance)), step="Start Spark workers"
    )


def remember_started(cluster: Cluster, started: Sequence[Instance]) -> None:
    """Keep the sizes that workers were started with.

    Args:
        cluster: the cluster.
        started: instances whose workers were just started.
    """
    names = {instance.instance_name for instance in started}
    for group in cluster.groups_with(WORKER):
        are_new = [instance.instance_name in names for instance in group.instances]
        if any(are_new):
            remember_sizes(group, all_new=all(are_new))


def _stop(instance: Instance) -> None:
    stop_jobs(instance)
    for process in (WORKER, MASTER):
        if runs(instance, process):
            instance.remote.services.stop(SERVICE_NAMES[process])
