"""Who is where: the scheduler, the workers, and the addresses by which they know each other."""

from collections.abc import Iterable

from serai.builtin_plugins.dask.settings import SCHEDULER, WORKER, ClusterSettings, WorkerSettings
from serai.builtin_plugins.leader_workers.instances import leader_instance, runs
from serai.hookspec.objects import Cluster, Instance, NodeGroup


def scheduler_instance(cluster: Cluster) -> Instance:
    """The instance that runs the scheduler.

    Raises:
        NotFound: it does not exist (any more).
    """
    return leader_instance(cluster, SCHEDULER, code="DASK_NO_SCHEDULER")


def scheduler_address(cluster: Cluster) -> str:
    """Where clients and workers reach the scheduler: ``tcp://<ip>:<port>``."""
    return f"tcp://{scheduler_instance(cluster).internal_ip}:{ClusterSettings.of(cluster).scheduler_port}"


def scheduler_url(cluster: Cluster) -> str:
    """Where the scheduler's HTTP server is: ``http://<ip>:<port>``."""
    return f"http://{scheduler_instance(cluster).internal_ip}:{ClusterSettings.of(cluster).http_port}"


def worker_address(instance: Instance) -> str:
    """By which the scheduler lists an instance's worker; exact, as nothing else tells two workers apart."""
    return f"tcp://{instance.internal_ip}:{WorkerSettings.of(instance.node_group).port}"


def worker_url(instance: Instance) -> str:
    """Where an instance's worker has its HTTP server."""
    return f"http://{instance.internal_ip}:{WorkerSettings.of(instance.node_group).http_port}"


def workers_by_address(instances: Iterable[Instance]) -> dict[str, Instance]:
    """The worker instances among some instances, by the address of their worker."""
    return {worker_address(instance): instance for instance in instances if runs(instance, WORKER)}


def dask_ports(node_group: NodeGroup) -> list[int]:
    """The TCP ports Dask listens on in each instance of a group, as configured."""
    ports: list[int] = []
    if SCHEDULER in node_group.node_processes:
        cluster = ClusterSettings.of(node_group.cluster)
        ports += [cluster.scheduler_port, cluster.http_port]
    if WORKER in node_group.node_processes:
        worker = WorkerSettings.of(node_group)
        ports += [worker.port, worker.http_port]
    return ports
