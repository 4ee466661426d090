"""Which instances run what."""

from serai.hookspec.errors import NotFound
from serai.hookspec.objects import Cluster, Instance


def leader_instance(cluster: Cluster, leader: str, *, code: str) -> Instance:
    """The instance that runs the leader.

    Args:
        cluster: the cluster.
        leader: the leading process.
        code: of the error.

    Raises:
        NotFound: it does not exist (any more).
    """
    for instance in cluster.instances_with(leader):
        return instance
    raise NotFound(
        f"cluster {cluster.name} has no {leader} instance",
        code=code,
        place=cluster.name,
        hint="delete the cluster and create it anew",
    )


def runs(instance: Instance, process: str) -> bool:
    """Whether an instance is to run a process."""
    return process in instance.node_group.node_processes
