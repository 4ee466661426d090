"""What must hold of a cluster's node groups, whatever the framework: one leader, some workers, a leader that stays."""

from collections.abc import Iterator

from attrs import frozen

from serai.builtin_plugins.leader_workers.counts import Counts, changed_groups
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import group_path


@frozen
class Roles:
    """How a framework calls what it consists of.

    Attributes:
        service: the framework.
        leader: the process there is one of.
        worker: the process there are many of.
        scalable: which node groups can be scaled, in words: they have ``workers only``.
    """

    service: str
    leader: str
    worker: str
    scalable: str


def leader_problems(cluster: Cluster, roles: Roles, *, path: str) -> Iterator[ValidationError]:
    """A number of leaders other than one.

    Args:
        cluster: the cluster as it is to be.
        roles: the framework's.
        path: where in the document this is to be changed.
    """
    count, leader = cluster.count_of(roles.leader), roles.leader
    if count != 1:
        yield ValidationError(
            error_message=f"{roles.service} cluster should contain only 1 {leader} instance."
            f" Actual {leader} count is {count}",
            path=path,
            code=f"NOT_SINGLE_{leader.upper()}",
            hint=f"give one node group with count 1 the process {leader}",
        )


def worker_problems(cluster: Cluster, roles: Roles, counts: Counts) -> Iterator[ValidationError]:
    """No worker at all.

    Args:
        cluster: the cluster.
        roles: the framework's.
        counts: how many instances each group is to have.
    """
    worker = roles.worker
    if sum(counts[group.name] for group in cluster.groups_with(worker)) < 1:
        yield ValidationError(
            error_message=f"{roles.service} cluster should contain at least 1 {worker} instance."
            f" Actual {worker} count is 0",
            path="node_groups",
            code=f"NO_{worker.upper()}",
            hint=f"give a node group the process {worker} and a count of at least 1",
        )


def scaled_leader_problems(
    cluster: Cluster, roles: Roles, existing: Counts, additional: Counts
) -> Iterator[ValidationError]:
    """Groups with the leader that would get or lose instances.

    Args:
        cluster: the cluster.
        roles: the framework's.
        existing, additional: those of the hook ``validate_scaling``.
    """
    for group in changed_groups(cluster, existing, additional):
        if roles.leader in group.node_processes:
            yield ValidationError(
                error_message=f"node group {group.name} has the {roles.leader}: its number of instances cannot change",
                path=f"{group_path(group)}.count",
                code="NODE_GROUP_NOT_SCALABLE",
                hint=f"scale a node group that has {roles.scalable}",
            )
