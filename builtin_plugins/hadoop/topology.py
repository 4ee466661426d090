"""Who is where: the masters, and the addresses by which they are reached."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from serai.builtin_plugins.hadoop.binding import authority
from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.ports import port
from serai.builtin_plugins.hadoop.processes import HISTORYSERVER, NAMENODE, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.settings import EVERY_PROCESS
from serai.builtin_plugins.leader_workers.instances import leader_instance, runs
from serai.hookspec.objects import Cluster, Instance

NAMENODE_RPC: Final = "dfs.namenode.rpc-address"
NAMENODE_WEB: Final = "dfs.namenode.http-address"
RESOURCEMANAGER_WEB: Final = "yarn.resourcemanager.webapp.address"
HISTORY_WEB: Final = "mapreduce.jobhistory.webapp.address"


def namenode_instance(cluster: Cluster) -> Instance:
    """The instance that runs the NameNode; the first one where there are two.

    Raises:
        NotFound: it does not exist (any more).
    """
    return leader_instance(cluster, NAMENODE, code="HADOOP_NO_NAMENODE")


def resourcemanager_instance(cluster: Cluster) -> Instance:
    """The instance that runs the ResourceManager.

    Raises:
        NotFound: the cluster has none (any more).
    """
    return leader_instance(cluster, RESOURCEMANAGER, code="HADOOP_NO_RESOURCEMANAGER")


def nameservice(cluster: Cluster) -> str:
    """The name under which two NameNodes serve one file system, as it stands in URLs."""
    return cluster.name.lower()


def file_system(cluster: Cluster) -> str:
    """The cluster's file system: ``hdfs://<ip>:<port>``, or where there are two NameNodes ``hdfs://<nameservice>``."""
    if is_highly_available(cluster):
        return f"hdfs://{nameservice(cluster)}"
    return f"hdfs://{authority(namenode_instance(cluster), NAMENODE_RPC)}"


def history_url(cluster: Cluster) -> str:
    """Where the history server has its pages and its REST API, as seen from within; ``""`` where there is none."""
    found = cluster.instances_with(HISTORYSERVER)
    return f"http://{authority(found[0], HISTORY_WEB)}" if found else ""


def with_hadoop(instances: Iterable[Instance]) -> list[Instance]:
    """The instances that have a process of Hadoop."""
    return with_any(instances, EVERY_PROCESS)


def with_any(instances: Iterable[Instance], processes: Iterable[str]) -> list[Instance]:
    """The instances that have one of some processes."""
    wanted = tuple(processes)
    return [instance for instance in instances if any(runs(instance, process) for process in wanted)]


_PAGES: Final = {
    "HDFS": ("NameNode", NAMENODE, NAMENODE_WEB),
    "YARN": ("ResourceManager", RESOURCEMANAGER, RESOURCEMANAGER_WEB),
    "MapReduce": ("JobHistory", HISTORYSERVER, HISTORY_WEB),
}


def cluster_info(cluster: Cluster) -> dict[str, dict[str, str]]:
    """What is published of a cluster, by service: where programs connect, and where people look."""
    pages: dict[str, dict[str, str]] = {
        service: {f"{title}{mark} Web UI": _public_url(each, name) for mark, each in _marked(found)}
        for service, (title, process, name) in _PAGES.items()
        if (found := cluster.instances_with(process))
    }
    return {**pages, "HDFS": {"File system": file_system(cluster), **pages["HDFS"]}}


def _marked(instances: Sequence[Instance]) -> Iterator[tuple[str, Instance]]:
    """With what tells them apart, where there are several."""
    return ((f" on {each.instance_name}" if len(instances) > 1 else "", each) for each in instances)


def _public_url(instance: Instance, name: str) -> str:
    return f"http://{instance.management_ip or instance.internal_ip}:{port(instance.node_group, name)}"
