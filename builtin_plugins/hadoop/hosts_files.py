"""Who may be a DataNode or a NodeManager, and who is to leave: files that NameNodes and the ResourceManager read.

Entries are compared as a whole: ``ip:port`` of a DataNode, the address of a NodeManager's host. An empty list of
members would admit everyone.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import field, frozen

from serai.builtin_plugins.hadoop.addresses import datanodes_by_address, nodemanagers_by_host
from serai.builtin_plugins.hadoop.binding import authority
from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.daemons import DAEMONS, hadoop_command
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.processes import NAMENODE, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.racks import rack_files
from serai.builtin_plugins.hadoop.topology import NAMENODE_RPC, with_any
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

MASTERS: Final = (NAMENODE, RESOURCEMANAGER)
"""Those who keep account of members."""
_HDFS_ADMIN: Final = "org.apache.hadoop.hdfs.tools.DFSAdmin"
_YARN_ADMIN: Final = "org.apache.hadoop.yarn.client.cli.RMAdminCLI"


def _instances(items: Iterable[Instance]) -> tuple[Instance, ...]:
    return tuple(items)


@frozen
class Members:
    """Who belongs to a cluster.

    Attributes:
        included: instances that belong to it, those that are about to leave among them.
        leaving: instances whose DataNode and NodeManager are to hand over what they have.
        pausing: instances whose NodeManager alone is to finish what it has.
    """

    included: tuple[Instance, ...] = field(converter=_instances)
    leaving: tuple[Instance, ...] = field(default=(), converter=_instances)
    pausing: tuple[Instance, ...] = field(default=(), converter=_instances)


def hosts_files(instance: Instance, members: Members) -> dict[str, str]:
    """The files that an instance's NameNode and ResourceManager read, by path; none where there is neither."""
    paths, files = hadoop_paths(instance), {}
    if runs(instance, NAMENODE):
        files[paths.datanodes_included] = _lines(datanodes_by_address(members.included))
        files[paths.datanodes_excluded] = _lines(datanodes_by_address(members.leaving))
    if runs(instance, RESOURCEMANAGER):
        files[paths.nodemanagers_included] = _lines(nodemanagers_by_host(members.included))
        files[paths.nodemanagers_excluded] = _lines(nodemanagers_by_host((*members.leaving, *members.pausing)))
    return files


def announce(cluster: Cluster, members: Members, run: Run, *, grace: int = 0, masters: Sequence[str] = MASTERS) -> None:
    """Write the files and have them read.

    Args:
        cluster: the cluster, its NameNodes and ResourceManager running.
        members: who belongs to it by now.
        run: the operation.
        masters: the processes that are told.
        grace: seconds that containers on NodeManagers that leave have to finish; what runs on then is ended by YARN.

    Raises:
        HostsFailed: a file could not be written, or was not read.
    """
    told = with_any(cluster.instances, masters)
    run.each(told, lambda each: _write(each, members), step="Write the lists of members")
    run.each(told, lambda each: _refresh(each, masters, grace), step="Have the lists of members read")


def _write(instance: Instance, members: Members) -> None:
    """With the racks: those of new members are to be known when they come."""
    instance.remote.put({**hosts_files(instance, members), **rack_files(instance, members.included)})


def _refresh(instance: Instance, masters: Sequence[str], grace: int) -> None:
    if NAMENODE in masters and runs(instance, NAMENODE) and not _reads_later(instance):
        own = ("-fs", f"hdfs://{authority(instance, NAMENODE_RPC)}")  # not the other one, where there are two
        _administer(instance, _HDFS_ADMIN, *own, "-refreshNodes")
    if RESOURCEMANAGER in masters and runs(instance, RESOURCEMANAGER):
        _administer(instance, _YARN_ADMIN, *_graceful(grace))


def _reads_later(instance: Instance) -> bool:
    """Whether it is the one of two NameNodes that is down: it reads the lists when it starts."""
    name = DAEMONS[NAMENODE].service
    is_one_of_two = is_highly_available(instance.node_group.cluster)
    return is_one_of_two and not instance.remote.services.status(name)[name].is_running


def _graceful(grace: int) -> Sequence[str]:
    """The ResourceManager itself sees to the end of the time: a client that waited for it could be lost."""
    return ("-refreshNodes", "-g", str(grace), "-server") if grace else ("-refreshNodes",)


def _administer(instance: Instance, main_class: str, *arguments: str) -> None:
    instance.remote.run(*hadoop_command(instance, main_class, *arguments), timeout=120.0)


def _lines(entries: Iterable[object]) -> str:
    return "".join(f"{entry}\n" for entry in entries)
