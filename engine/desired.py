"""What is wanted of a node group against what it has, and the steps from the one to the other. Pure.

Creating, scaling and repairing a cluster are the same steps, from different beginnings. Each is planned anew from what
there is, so that one that was cut short is finished, and not done twice.
"""

from collections.abc import Collection, Iterator, Sequence

from attrs import frozen

from serai.engine.naming import instance_names
from serai.hookspec.cluster import NodeGroup


@frozen
class Standing:
    """How a node group stands.

    Attributes:
        cluster, node_group: their names.
        instances: names of the instances in use, the oldest first.
        quarantined: names of those that the cluster does without.
        pending: names that machines were asked for with, and that none is known for yet; the oldest first.
        lost: names of instances, in use or not, whose machines do not exist any more.
        used: names that were given to anything else before; none comes back.
    """

    cluster: str
    node_group: str
    instances: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()


@frozen
class Steps:
    """What is to be done for a node group, in this order; nothing when all are empty.

    Attributes:
        forget: instances whose machines do not exist any more.
        give_back: quarantined instances whose machines are removed.
        leave: instances that are drained, and whose machines are removed then.
        withdraw: names that no machine is wanted for any more; one that was made meanwhile is removed.
        ask: names that machines are asked for with, those asked for before among them: they may have been made.
    """

    forget: tuple[str, ...] = ()
    give_back: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.forget, self.give_back, self.leave, self.withdraw, self.ask))


def steps(count: int, standing: Standing) -> Steps:
    """The steps to a node group of so many instances, all of them in use.

    Args:
        count: how many are wanted.
        standing: how the group stands.
    """
    kept = [name for name in standing.instances if name not in standing.lost]
    hoped = standing.pending[: max(0, count - len(kept))]
    known = {*standing.instances, *standing.quarantined, *standing.pending, *standing.used}
    missing = count - len(kept) - len(hoped)
    return Steps(
        forget=tuple(name for name in (*standing.instances, *standing.quarantined) if name in standing.lost),
        give_back=tuple(name for name in standing.quarantined if name not in standing.lost),
        leave=tuple(kept[max(0, count) :]),
        withdraw=standing.pending[len(hoped) :],
        ask=(*hoped, *instance_names(standing.cluster, standing.node_group, known, missing)),
    )


def standing_of(
    group: NodeGroup,
    cluster: str,
    *,
    pending: Collection[str] = (),
    lost: Collection[str] = (),
    used: Collection[str] = (),
) -> Standing:
    """How a node group stands, from the group itself.

    Args:
        group: the group.
        cluster: its cluster's name.
        pending: names that machines were asked for with, for this group, and that none is known for yet.
        lost: names of instances whose machines do not exist any more, of any group.
        used: names that were given before, in any group.
    """
    return Standing(
        cluster,
        group.name,
        tuple(instance.instance_name for instance in group.instances),
        tuple(instance.instance_name for instance in group.quarantined),
        tuple(pending),
        frozenset(lost),
        frozenset(used),
    )


def all_of(plans: Sequence[Steps], step: str) -> Iterator[str]:
    """One step of several node groups: the names, group by group."""
    return (name for plan in plans for name in getattr(plan, step))
