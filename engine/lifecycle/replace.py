"""Replacing machines: others are made in the place of some, taken in, and those are drained and removed; or the other
way round, where there is no room for both.

Every part is done from what there is: cut short anywhere, and done again, it is finished and not done twice.
"""

from collections.abc import Sequence
from typing import Any

from serai.engine.desired import Standing, steps
from serai.engine.lifecycle import machines, phases, scale
from serai.engine.lifecycle.intents import Intents
from serai.engine.operations.work import Work
from serai.hookspec.changes import Step
from serai.hookspec.cluster import Cluster, NodeGroup


def settle(work: Work, coming_steps: Sequence[Step]) -> None:
    """End what an operation that this one takes the place of left open.

    What that one asked for is not wanted any more; whom it disturbed, and who is to stay, comes back.

    Args:
        work: the operation.
        coming_steps: its steps.
    """
    state = work.record.state
    own = state.get("replacing", {}).get("coming", ())
    pending = [request.name for request in Intents(work.record).requests() if request.name not in own]
    machines.withdraw(work, pending)
    leaving = {name for step in coming_steps for name in step.instances}
    staying = work.instances([name for name in state.get("leaving", ()) if name not in leaving])
    if staying:
        work.stack.scale_cluster(work.cluster, staying, work.run)
        back = [instance.instance_name for instance in staying]
        state["leaving"] = [name for name in state["leaving"] if name not in back]
        work.save()


def replace(work: Work, step: Step) -> None:
    """Put others in the place of the instances that a step names.

    Args:
        work: the operation.
        step: one whose policy is ``replace``; its instances are of one node group.
    """
    state = work.record.state
    if "replacing" not in state:
        group = _group_of(step, work.cluster)
        if group is None:
            return  # they are gone already, and so is what there was to replace
        state["replacing"] = {"node_group": group.name, "coming": []}
    parts = [_leave, _come] if step.goes_first else [_come, _leave]
    for part in parts:
        part(work, step.instances)
    del state["replacing"]  # saved with the step's end


def _group_of(step: Step, cluster: Cluster) -> NodeGroup | None:
    there = (each.node_group for each in cluster.instances if each.instance_name in step.instances)
    return next(there, None)


def _come(work: Work, leaving: Sequence[str]) -> None:
    """Make as many machines as leave, and take them in."""
    intents, place = Intents(work.record), work.record.state["replacing"]
    intents.find(instance.instance_name for instance in machines.all_machines(work.cluster))
    group = work.cluster.node_group(place["node_group"])
    lost = machines.lost_instances([group], work.provider.list_machines(work.cluster.id))
    plan = steps(len(leaving), _successors(work, group, place, lost))
    machines.forget_lost(work, plan.forget)
    intents.want(group.name, plan.ask)
    place["coming"] = list(dict.fromkeys([*place["coming"], *plan.ask]))
    machines.create(work)
    work.connect()
    added = work.instances(place["coming"])
    phases.await_answers(work, added)
    phases.examine(work, added)
    work.stack.scale_cluster(work.cluster, added, work.run)


def _successors(work: Work, group: NodeGroup, place: dict[str, Any], lost: set[str]) -> Standing:
    """How those stand who come, as if they were a node group of their own; other names are used."""
    coming = set(place["coming"])
    known = [instance.instance_name for instance in machines.all_machines(work.cluster)]
    return Standing(
        work.cluster.name,
        group.name,
        tuple(each.instance_name for each in group.instances if each.instance_name in coming),
        pending=tuple(name for name in Intents(work.record).pending(group.name) if name in coming),
        lost=frozenset(lost & coming),
        used=frozenset({*machines.used_names(work), *known}),
    )


def _leave(work: Work, leaving: Sequence[str]) -> None:
    """Drain what leaves, and remove it."""
    group = work.cluster.node_group(work.record.state["replacing"]["node_group"])
    lost = machines.lost_instances([group], work.provider.list_machines(work.cluster.id))
    machines.forget_lost(work, lost.intersection(leaving))
    scale.drain(work, work.instances(list(leaving)))
