"""Where masters are asked, and the addresses by which they tell DataNodes and NodeManagers apart."""

from collections.abc import Iterable
from typing import NamedTuple

from serai.builtin_plugins.hadoop.binding import authority, binding
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER
from serai.builtin_plugins.hadoop.topology import NAMENODE_WEB, RESOURCEMANAGER_WEB, resourcemanager_instance
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Cluster, Instance


class Address(NamedTuple):
    """Where a DataNode takes blocks: what tells it from every other. Compared as a whole."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parsed_address(text: str) -> Address | None:
    """The address that ``ip:port`` stands for, as Hadoop writes it; None for anything else."""
    host, _, number = text.rpartition(":")
    if not host or not (number.isascii() and number.isdigit()) or not 0 < int(number[:6]) <= 65535:
        return None
    return Address(host, int(number))


def datanode_address(instance: Instance) -> Address:
    """By which the NameNode lists an instance's DataNode."""
    return Address(*binding(instance, "dfs.datanode.address"))


def datanodes_by_address(instances: Iterable[Instance]) -> dict[Address, Instance]:
    """The instances with a DataNode among some, by its address."""
    return {datanode_address(instance): instance for instance in instances if runs(instance, DATANODE)}


def nodemanagers_by_host(instances: Iterable[Instance]) -> dict[str, Instance]:
    """The instances with a NodeManager among some, by the host as which it registers."""
    return {instance.internal_ip: instance for instance in instances if runs(instance, NODEMANAGER)}


def namenode_url(instance: Instance) -> str:
    """Where the NameNode of an instance has its pages, its beans and WebHDFS, as seen from within the cluster."""
    return f"http://{authority(instance, NAMENODE_WEB)}"


def resourcemanager_url(cluster: Cluster) -> str:
    """Where the ResourceManager has its pages and its REST, as seen from within the cluster."""
    return f"http://{authority(resourcemanager_instance(cluster), RESOURCEMANAGER_WEB)}"
