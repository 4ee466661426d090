"""Making a Hadoop cluster, adding to it, ending it. Every step done twice is as good as done once."""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.directories import make_directories
from serai.builtin_plugins.hadoop.formatting import format_once
from serai.builtin_plugins.hadoop.high_availability import start_namenodes, start_zookeeper, wait_for_pair
from serai.builtin_plugins.hadoop.hosts_files import Members, announce, hosts_files
from serai.builtin_plugins.hadoop.installation import install
from serai.builtin_plugins.hadoop.membership import wait_for_hdfs, wait_for_yarn
from serai.builtin_plugins.hadoop.numbering import remember_numbers
from serai.builtin_plugins.hadoop.processes import (
    DATANODE,
    HISTORYSERVER,
    NAMENODE,
    NODEMANAGER,
    RESOURCEMANAGER,
    SECONDARY_NAMENODE,
)
from serai.builtin_plugins.hadoop.readjustment import readjust
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.topology import cluster_info, namenode_instance, with_any, with_hadoop
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.process_jobs import stop_jobs
from serai.hookspec.run import Run

_INSTALL_TIMEOUT: Final = 7200.0
"""Seconds: the distribution is 100 MB to 1 GB, and lines may be slow."""
_MASTERS: Final = (NAMENODE, RESOURCEMANAGER)
_FIRST: Final = (*_MASTERS, DATANODE)
"""None waits long for another: a DataNode tries its NameNode every second, from the moment its own JVM has started."""
_THEN: Final = (SECONDARY_NAMENODE, NODEMANAGER, HISTORYSERVER)
"""Each needs one of the masters; when that is not there yet, it looks again only after up to half a minute."""


def configure(cluster: Cluster, run: Run) -> None:
    """Install Hadoop, write its files, and format HDFS unless that was done.

    Two NameNodes are formatted when they are started: theirs takes JournalNodes that run.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    remember_numbers(cluster)
    install_on(cluster.instances, run)
    members = Members(cluster.instances)
    masters = with_any(cluster.instances, _MASTERS)
    run.each(masters, lambda each: each.remote.put(hosts_files(each, members)), step="Write the lists of members")
    if not is_highly_available(cluster):
        format_once(cluster, namenode_instance(cluster), run)


def install_on(instances: Sequence[Instance], run: Run) -> None:
    """Install Hadoop and write its files.

    Args:
        instances: where; those without a process of Hadoop are left alone.
        run: the operation.
    """
    step = "Install Hadoop"
    run.each(with_hadoop(instances), lambda instance: install(instance, run), step=step, timeout=_INSTALL_TIMEOUT)


def start(cluster: Cluster, run: Run) -> None:
    """Start masters and DataNodes, then all others, until HDFS keeps files and every NodeManager runs.

    Args:
        cluster: the cluster, configured.
        run: the operation.
    """
    start_zookeeper(cluster, run)
    if is_highly_available(cluster):
        start_namenodes(cluster, run)
    start_processes(cluster.instances, _FIRST, run, step="Start NameNode, ResourceManager and DataNodes")
    start_processes(cluster.instances, _THEN, run, step="Start NodeManagers and history server")
    wait_for_hadoop(cluster, run)
    with run.step("Make directories in HDFS"):
        make_directories(cluster)
    cluster.info.update(cluster_info(cluster))


def scale(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Install and start Hadoop on new instances, until HDFS and YARN have them.

    The masters, the other workers and what runs on them go on undisturbed.

    Args:
        cluster: the cluster.
        instances: the new ones.
        run: the operation.
    """
    install_on(instances, run)
    announce(cluster, Members(cluster.instances), run)
    start_processes(instances, (DATANODE, *_THEN), run, step="Start DataNodes and NodeManagers")
    wait_for_hadoop(cluster, run)
    readjust(cluster, cluster.instances, run)


def terminate(cluster: Cluster, run: Run) -> None:
    """Stop everything, jobs with it.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    run.each(with_hadoop(cluster.instances), _stop, step="Stop Hadoop")


def wait_for_hadoop(cluster: Cluster, run: Run) -> None:
    """Return when HDFS keeps files and every NodeManager runs.

    Args:
        cluster: the cluster, its processes started.
        run: the operation.
    """
    wait_for_hdfs(cluster, run)
    if is_highly_available(cluster):
        wait_for_pair(cluster, run)
    if cluster.count_of(RESOURCEMANAGER):
        wait_for_yarn(cluster, run)


def _stop(instance: Instance) -> None:
    """Clients of jobs first, then those that started last."""
    stop_jobs(instance)
    for process, daemon in reversed(DAEMONS.items()):
        if runs(instance, process):
            instance.remote.services.stop(daemon.service)
