"""Scaling a cluster: first what it does without is given back, and what leaves is drained and removed; then what comes
is made and taken in."""

from typing import Final

from serai.engine.lifecycle import machines, phases
from serai.engine.lifecycle.quorum import with_quorum
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.hookspec.cluster import ClusterStatus


def validate(work: Work) -> None:
    """Take the new counts as what the user wants, and choose which instances leave."""
    counts: dict[str, int] = work.record.request["counts"]
    leaving: list[str] = []
    for name, count in counts.items():
        node_group = work.cluster.node_group(name)
        leaving.extend(instance.instance_name for instance in machines.surplus(node_group, count))
        node_group.count = count
    work.record.state.setdefault("leaving", leaving)
    phases.recommended(work, scaling=True)


def decommission(work: Work) -> None:
    """Give back what is quarantined, and drain what leaves: its machines go only after the plugins returned."""
    machines.give_back_quarantined(work, [work.cluster.node_group(name) for name in work.record.request["counts"]])
    if leaving := work.instances(work.record.state["leaving"]):
        work.stack.decommission_nodes(work.cluster, leaving, work.run)
        machines.give_back(work, leaving)


def take_in(work: Work) -> None:
    """Configure and start what came."""
    if added := work.instances(work.record.state["added"]):
        work.stack.scale_cluster(work.cluster, added, work.run)


SCALE: Final = Lifecycle(
    "scale",
    (
        Phase("validate", ClusterStatus.VALIDATING, validate),
        Phase("decommission", ClusterStatus.DECOMMISSIONING, decommission),
        Phase("scale", ClusterStatus.SCALING, phases.spawn),
        Phase("wait", ClusterStatus.WAITING, with_quorum(phases.wait)),
        Phase("prepare", ClusterStatus.PREPARING, with_quorum(phases.prepare)),
        Phase("configure", ClusterStatus.CONFIGURING, with_quorum(take_in)),
    ),
)
