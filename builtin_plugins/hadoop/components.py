"""How many of each process a cluster has, and which of them need each other."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop import processes
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import group_path


@frozen
class Amount:
    """How many instances may run a process.

    Attributes:
        words: which instances a cluster should contain.
        least: not fewer.
        most: not more; None for any number.
        odd: whether an even number, other than none, is wrong: of those that vote.
    """

    words: str
    least: int = 0
    most: int | None = None
    odd: bool = False

    def allows(self, count: int) -> bool:
        """Whether that many are right."""
        is_even = count > 0 and count % 2 == 0
        return count >= self.least and (self.most is None or count <= self.most) and not (self.odd and is_even)


_ALWAYS: Final = {
    processes.DATANODE: Amount("at least 1 datanode instance", least=1),
    processes.RESOURCEMANAGER: Amount("0 or 1 resourcemanager instances", most=1),
    processes.HISTORYSERVER: Amount("0 or 1 historyserver instances", most=1),
}
_ONE_NAMENODE: Final = {
    **_ALWAYS,
    processes.SECONDARY_NAMENODE: Amount("0 or 1 secondarynamenode instances", most=1),
    processes.ZOOKEEPER_SERVER: Amount("an odd number of zookeeper instances", odd=True),
}
_TWO_NAMENODES: Final = {
    **_ALWAYS,
    processes.NAMENODE: Amount("2 namenode instances, as high availability was asked for", least=2, most=2),
    processes.SECONDARY_NAMENODE: Amount(
        "no secondarynamenode instance, as the NameNode on standby does its work", most=0
    ),
    processes.JOURNALNODE: Amount("3 or more, and an odd number, of journalnode instances", least=3, odd=True),
    processes.ZOOKEEPER_SERVER: Amount("3 or more, and an odd number, of zookeeper instances", least=3, odd=True),
}
_NEEDS: Final = (
    (processes.NODEMANAGER, processes.RESOURCEMANAGER),
    (processes.RESOURCEMANAGER, processes.NODEMANAGER),
)
"""A process, and what it is of no use without."""
_TOGETHER: Final = (processes.NAMENODE, processes.FAILOVER_CONTROLLER)
"""With high availability, an instance has both or neither."""


def is_highly_available(cluster: Cluster) -> bool:
    """Whether a cluster is to have two NameNodes: it has processes that serve nothing else."""
    return any(map(cluster.count_of, (processes.JOURNALNODE, processes.FAILOVER_CONTROLLER)))


def component_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Numbers of processes that make no cluster.

    Args:
        cluster: the cluster as it is to be.
    """
    two = is_highly_available(cluster)
    if not two:
        yield from _namenode_problems(cluster)
    for process, amount in (_TWO_NAMENODES if two else _ONE_NAMENODE).items():
        if not amount.allows(cluster.count_of(process)):
            yield _wrong_count(cluster, process, amount)
    for process, needed in _NEEDS:
        if cluster.count_of(process) and not cluster.count_of(needed):
            yield _missing(process, needed, "node_groups", f"give a node group the process {needed}")
    if two:
        yield from _apart(cluster)


def count_path(cluster: Cluster, process: str) -> str:
    """Where the number of a process is set, if that is one place.

    Args:
        cluster: the cluster.
        process: any.
    """
    groups = list(cluster.groups_with(process))
    return f"{group_path(groups[0])}.count" if len(groups) == 1 else "node_groups"


def _namenode_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """In the words of the SPI document."""
    count = cluster.count_of(processes.NAMENODE)
    if count != 1:
        yield ValidationError(
            error_message=f"Hadoop cluster should contain only 1 NameNode instance. Actual NN count is {count}",
            path=count_path(cluster, processes.NAMENODE),
            code="NOT_SINGLE_NAME_NODE",
            hint=f"give one node group with count 1 the process {processes.NAMENODE}; two NameNodes need"
            f" {processes.FAILOVER_CONTROLLER} beside each, {processes.JOURNALNODE} and {processes.ZOOKEEPER_SERVER}",
        )


def _wrong_count(cluster: Cluster, process: str, amount: Amount) -> ValidationError:
    count = cluster.count_of(process)
    return ValidationError(
        error_message=f"Hadoop cluster should contain {amount.words}. Actual {process} count is {count}",
        path=count_path(cluster, process),
        code="INVALID_COMPONENT_COUNT",
        hint=f"change the number of instances with the process {process}",
    )


def _missing(process: str, needed: str, path: str, hint: str) -> ValidationError:
    return ValidationError(
        error_message=f"{needed} is missing; it is required by {process}",
        path=path,
        code="MISSING_SERVICE",
        hint=hint,
    )


def _apart(cluster: Cluster) -> Iterator[ValidationError]:
    for group in cluster.node_groups:
        present = [process for process in _TOGETHER if process in group.node_processes]
        if group.count and len(present) == 1:
            needed = next(process for process in _TOGETHER if process not in present)
            path = f"{group_path(group)}.node_processes"
            yield _missing(present[0], needed, path, f"give node group {group.name} the process {needed}, too")
