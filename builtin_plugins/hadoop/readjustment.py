"""What follows from how many instances there are, brought into force after a scaling; no process is restarted for it.

Files are written anew everywhere: clients, and processes that are started later, find the values of now. Of what runs,
YARN may hand out more at once, as where fewer instances share a machine. It is not told to hand out less: jobs that run
have asked for what they were promised.
"""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.hadoop.addresses import nodemanagers_by_host
from serai.builtin_plugins.hadoop.daemons import hadoop_command
from serai.builtin_plugins.hadoop.processes import RESOURCEMANAGER
from serai.builtin_plugins.hadoop.quantities import LARGEST_ALLOCATION, NODEMANAGER_MEMORY, config_of, number
from serai.builtin_plugins.hadoop.resourcemanager import RUNNING, ask_nodemanagers, enlarge_nodemanager
from serai.builtin_plugins.hadoop.sites import site_files
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance, with_hadoop
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_YARN_ADMIN: Final = "org.apache.hadoop.yarn.client.cli.RMAdminCLI"


def readjust(cluster: Cluster, members: Sequence[Instance], run: Run) -> None:
    """Bring values into force that other numbers of instances have changed.

    Args:
        cluster: the cluster; what is recommended is for the numbers that it has by now.
        members: its instances, without those that have left.
        run: the operation.

    Raises:
        HostsFailed: the ResourceManager did not do its part.
        RemoteError: likewise.
    """
    step = "Write what follows from the number of nodes"
    run.each(with_hadoop(members), lambda each: _write(each, run), step=step)
    if cluster.instances_with(RESOURCEMANAGER):
        _enlarge(cluster, members, run)


def _write(instance: Instance, run: Run) -> None:
    """A machine that does not answer is no reason to fail for: it is told so by health, and was not to change."""
    try:
        instance.remote.put(site_files(instance))
    except RemoteError as error:
        run.log.warning("%s keeps the values it was started with: %s", instance.instance_name, error.message)


def _enlarge(cluster: Cluster, members: Sequence[Instance], run: Run) -> None:
    """The limit of containers first, then NodeManagers that hand out less than they may."""
    listed = {each.host: each for each in ask_nodemanagers(cluster).listed if each.state == RUNNING}
    largest = number(cluster, config_of(cluster, LARGEST_ALLOCATION)) or 0
    if all(each.memory <= largest for each in listed.values()):
        master = resourcemanager_instance(cluster)
        run.each([master], _read_limits, step="Have the limits of containers read")
    config = config_of(cluster, NODEMANAGER_MEMORY)
    for host, instance in nodemanagers_by_host(members).items():
        found, wanted = listed.get(host), number(instance.node_group, config) or 0
        if found is not None and 0 < found.memory < wanted:
            enlarge_nodemanager(cluster, found, wanted)


def _read_limits(resourcemanager: Instance) -> None:
    resourcemanager.remote.run(*hadoop_command(resourcemanager, _YARN_ADMIN, "-refreshQueues"), timeout=120.0)
