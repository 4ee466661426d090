"""Restarting workers with nothing lost, and seeing that each came back as it is to be."""

from collections.abc import Sequence

from serai.builtin_plugins.spark.daemons import worker_service
from serai.builtin_plugins.spark.decommissioning import decommission
from serai.builtin_plugins.spark.lifecycle import start_workers
from serai.builtin_plugins.spark.master import ALIVE, DEAD, ListedWorker, ask_master
from serai.builtin_plugins.spark.membership import wait_for_workers
from serai.builtin_plugins.spark.topology import worker_address, workers_by_address
from serai.builtin_plugins.spark.values import cluster_values, worker_values
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.run import Run


def renew(cluster: Cluster, workers: Sequence[Instance], run: Run) -> None:
    """Drain workers, restart them, and return when the master says that they are alive with their new values.

    Those that are as they should be were renewed before, and are left alone.

    Args:
        cluster: the cluster with its new values.
        workers: instances with a worker each.
        run: the operation.

    Raises:
        HostsFailed: some could not be drained, or did not start.
        DeadlineExceeded: the master does not list some.
        RemoteError: one came back otherwise than it is to be (code SPARK_WORKER_DIFFERS).
    """
    current = run.each(
        workers,
        lambda each: each.remote.services.runs(worker_service(each)),
        step="Look for workers with former values",
    )
    differing = _differing(cluster, workers)
    former = [
        instance
        for instance, is_declared in zip(workers, current, strict=True)
        if not is_declared or instance.instance_name in differing
    ]
    if former:
        decommission(cluster, former, run)
        run.wait_until(
            lambda: not _listed(cluster, former),
            what="the master to notice that its workers ended",
            timeout=cluster_values(cluster).timeouts.start,
        )
    start_workers(workers, run)
    wait_for_workers(cluster, workers_by_address(workers), run, alone=False)
    demand_values(cluster, workers)


def demand_values(cluster: Cluster, workers: Sequence[Instance]) -> None:
    """See that workers are what they are to be: Spark takes another port by itself where one is in use.

    Args:
        cluster: the cluster.
        workers: instances whose workers the master listed as alive.

    Raises:
        RemoteError: the master says something else of one (code SPARK_WORKER_DIFFERS).
    """
    for host, worker in _differing(cluster, workers).items():
        told = "is not listed any more" if worker is None else f"came back with {_values_told(worker)}"
        raise RemoteError(
            f"the worker {told}, and not as it is to be",
            host=host,
            code="SPARK_WORKER_DIFFERS",
            hint="see whether something else listens on its port; then go on",
        )


def _differing(cluster: Cluster, workers: Sequence[Instance]) -> dict[str, ListedWorker | None]:
    """The workers that the master does not list as they are to be, by their instances' names; None for those it does
    not list as alive at all."""
    alive = {worker.address: worker for worker in ask_master(cluster).workers if worker.state == ALIVE}
    found = {each.instance_name: (alive.get(worker_address(each)), each.node_group) for each in workers}
    return {name: worker for name, (worker, group) in found.items() if not (worker and _has_values(worker, group))}


def _has_values(worker: ListedWorker, node_group: NodeGroup) -> bool:
    values = worker_values(node_group)
    pairs = ((values.memory, worker.memory), (values.cores, worker.cores), (values.ui_port, worker.ui_port))
    return all(wanted in (None, found) for wanted, found in pairs)


def _values_told(worker: ListedWorker) -> str:
    return f"{worker.memory} MiB, {worker.cores} cores and its pages on port {worker.ui_port}"


def _listed(cluster: Cluster, instances: Sequence[Instance]) -> bool:
    """Whether the master lists a worker of any of these instances; while it does it takes no other from there."""
    master = ask_master(cluster)
    return any(worker.state != DEAD for each in instances for worker in master.on_host(each.internal_ip))
