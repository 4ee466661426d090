"""Plans of changes, as they are shown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from serai.engine.cli.blocks import Block, Heading, Table, Text
from serai.engine.cli.plan_views import shown

if TYPE_CHECKING:
    from serai.engine.applying import ChangePlan, PlannedChange


def overview(plan: "ChangePlan") -> Iterator[Block]:
    """What would change, in which steps, and what cannot be used meanwhile."""
    if plan.is_empty:
        yield Text(f"{plan.name} is as the document says: nothing to do")
        return
    if plan.values:
        yield Heading("Values that change")
        columns = ("target", "config", "groups", "now", "then", "takes")
        yield Table(columns, map(_value, plan.values))
    if plan.edits:
        yield Heading("Kept, and disturbing nothing")
        rows = [(edit.path, _told(edit.old), _told(edit.new)) for edit in plan.edits]
        yield Table(("place", "now", "then"), rows)
    if plan.counts:
        yield Heading("Instances")
        counts = [
            (each.node_group, str(each.old), str(each.new), _given_back(each.quarantined)) for each in plan.counts
        ]
        yield Table(("group", "now", "then", ""), counts)
    if plan.steps:
        yield Heading("Steps")
        steps = enumerate(plan.steps, start=1)
        yield Table(("", "step", "not available"), [(str(at), step.title, step.unavailable) for at, step in steps])
    yield from _meanwhile(plan)


def _meanwhile(plan: "ChangePlan") -> Iterator[Block]:
    if plan.disruptions:
        yield Heading("Meanwhile")
        yield Text("\n".join(plan.disruptions))
    if plan.mends:
        yield Heading("Note")
        yield Text("The last change failed: what runs with the new values already is left as it is.")


def _value(change: "PlannedChange") -> tuple[str, ...]:
    return (
        change.target,
        change.name,
        ", ".join(change.node_groups),
        f"{_told(change.old)} ({change.old_origin})",
        f"{_told(change.new)} ({change.new_origin})",
        change.policy.value,
    )


def _told(value: Any) -> str:
    return "none" if value is None else shown(value)


def _given_back(quarantined: int) -> str:
    return f"{quarantined} quarantined given back" if quarantined else ""
