"""Who is where: the master, the workers, and the addresses by which they know each other."""

from collections.abc import Iterable
from typing import NamedTuple

from serai.builtin_plugins.leader_workers.instances import leader_instance, runs
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.builtin_plugins.spark.values import ClusterValues, cluster_values, worker_values
from serai.hookspec.objects import Cluster, Instance, NodeGroup


class Address(NamedTuple):
    """Where a worker takes orders: what tells it from every other. Compared as a whole."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def master_instance(cluster: Cluster) -> Instance:
    """The instance that runs the master.

    Raises:
        NotFound: it does not exist (any more).
    """
    return leader_instance(cluster, MASTER, code="SPARK_NO_MASTER")


def master_url(cluster: Cluster) -> str:
    """Where workers and applications reach the master: ``spark://<ip>:<port>``."""
    return f"spark://{master_instance(cluster).internal_ip}:{cluster_values(cluster).ports.master}"


def master_ui_url(cluster: Cluster) -> str:
    """Where the master's pages and JSON are, as seen from within the cluster."""
    return f"http://{master_instance(cluster).internal_ip}:{cluster_values(cluster).ports.master_ui}"


def public_ui_url(cluster: Cluster) -> str:
    """Where the master's pages are, as seen by users."""
    instance = master_instance(cluster)
    return f"http://{instance.management_ip or instance.internal_ip}:{cluster_values(cluster).ports.master_ui}"


def worker_address(instance: Instance) -> Address:
    """By which the master lists an instance's worker."""
    return Address(instance.internal_ip, worker_values(instance.node_group).port)


def worker_ui_url(instance: Instance) -> str:
    """Where an instance's worker has its pages and JSON."""
    return f"http://{instance.internal_ip}:{worker_values(instance.node_group).ui_port}"


def workers_by_address(instances: Iterable[Instance]) -> dict[Address, Instance]:
    """The worker instances among some instances, by the address of their worker."""
    return {worker_address(instance): instance for instance in instances if runs(instance, WORKER)}


def with_spark(instances: Iterable[Instance]) -> list[Instance]:
    """The instances that have a process of Spark."""
    return [instance for instance in instances if runs(instance, MASTER) or runs(instance, WORKER)]


def open_ports(node_group: NodeGroup) -> list[int]:
    """The TCP ports that must be reachable in each instance of a group, as configured.

    Where drivers and executors take any port, none of theirs is among them.
    """
    values = cluster_values(node_group.cluster)
    ports: dict[int, None] = {}
    if MASTER in node_group.node_processes:
        ports.update(dict.fromkeys(_master_ports(values)))
    if WORKER in node_group.node_processes:
        worker = worker_values(node_group)
        own = (worker.port, worker.ui_port)
        ports.update(dict.fromkeys((*own, *_from(values.ports.block_manager, values))))
    return list(ports)


def _master_ports(values: ClusterValues) -> list[int]:
    rest = [] if values.ports.rest is None else [values.ports.rest]
    ranges = (*_from(values.ports.driver, values), *_from(values.ports.block_manager, values))
    return [values.ports.master, values.ports.master_ui, *rest, *ranges]


def _from(first: int, values: ClusterValues) -> range:
    """The ports that drivers or executors try, from the first one on; none where they take any."""
    return range(first, min(first + values.ports.range, 65536)) if first else range(0)
