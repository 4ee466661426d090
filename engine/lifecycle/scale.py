"""Scaling a cluster: first what it does without is given back, and what leaves is drained and removed; then what comes
is made and taken in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from serai.engine.desired import all_of
from serai.engine.lifecycle import machines, phases
from serai.engine.lifecycle.quorum import with_quorum
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.hookspec.cluster import Cluster, ClusterStatus, Instance
from serai.hookspec.errors import WrongStatus

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord

_AFTER_NEW_VALUES: Final = ("scale", "wait", "prepare", "configure")
"""Phases of an operation that changes values and counts, in which the values are in force already."""


def validate(work: Work) -> None:
    """Take the new counts as what the user wants."""
    counts: dict[str, int] = work.record.request["counts"]
    for name, count in counts.items():
        work.cluster.node_group(name).count = count
    phases.recommended(work, scaling=True)


def decommission(work: Work) -> None:
    """Give back what is quarantined, and drain what leaves: its machines go only after the plugins returned."""
    plans = list(machines.planned(work).values())
    machines.forget_lost(work, set(all_of(plans, "forget")))
    machines.withdraw(work, set(all_of(plans, "withdraw")))
    machines.give_back_quarantined(work, machines.named(work.cluster, set(all_of(plans, "give_back"))))
    drain(work, work.instances(list(all_of(plans, "leave"))))


def drain(work: Work, leaving: Sequence[Instance]) -> None:
    """Drain instances, and remove them and their machines then. Who was disturbed is on record before."""
    if leaving:
        disturbed: list[str] = work.record.state.setdefault("leaving", [])
        disturbed += [each.instance_name for each in leaving if each.instance_name not in disturbed]
        work.save()
        work.stack.decommission_nodes(work.cluster, leaving, work.run)
        machines.give_back(work, leaving)


def spawn(work: Work) -> None:
    """Get the machines that are missing. With them comes back who was to leave before, and is to stay after all."""
    phases.spawn(work)
    staying = work.instances(work.record.state.get("leaving", []))
    work.record.state["added"] += [instance.instance_name for instance in staying]


def take_in(work: Work) -> None:
    """Configure and start what came."""
    if added := work.instances(work.record.state["added"]):
        work.stack.scale_cluster(work.cluster, added, work.run)


def taken_over(cluster: Cluster, last: "OperationRecord") -> dict[str, Any]:
    """What a new scaling has to know of the one that failed, if one did: what it asked for, and whom it disturbed.

    Args:
        cluster: the cluster.
        last: the last operation on it.

    Raises:
        WrongStatus: it is not at rest, and the last operation was no scaling that another may take the place of.
    """
    if cluster.status is ClusterStatus.ACTIVE:
        return {}
    if is_open_scaling(last):
        return inherited(last)
    hint = f"see why: serai show {cluster.name}; go on: serai retry {cluster.name}"
    raise WrongStatus(
        f"cluster {cluster.name} is {cluster.status}; only active ones are scaled", place=cluster.name, hint=hint
    )


def is_open_scaling(last: "OperationRecord") -> bool:
    """Whether an operation has ended, or stopped, in a scaling, with nothing else left to do."""
    is_scaling = last.kind == SCALE.kind or (last.kind == "reshape" and last.phase in _AFTER_NEW_VALUES)
    return is_scaling and last.status.is_final


def inherited(last: "OperationRecord") -> dict[str, Any]:
    """What an operation has to know of the failed one whose place it takes."""
    return {key: last.state[key] for key in ("requests", "leaving") if key in last.state}


SCALE: Final = Lifecycle(
    "scale",
    (
        Phase("validate", ClusterStatus.VALIDATING, validate),
        Phase("decommission", ClusterStatus.DECOMMISSIONING, decommission),
        Phase("scale", ClusterStatus.SCALING, spawn),
        Phase("wait", ClusterStatus.WAITING, with_quorum(phases.wait)),
        Phase("prepare", ClusterStatus.PREPARING, with_quorum(phases.prepare)),
        Phase("configure", ClusterStatus.CONFIGURING, with_quorum(take_in)),
    ),
)
