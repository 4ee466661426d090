"""Plans, as they are shown."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text

if TYPE_CHECKING:
    from serai.engine.planning import Plan, PlannedNodeGroup, PlannedValue


def overview(plan: "Plan", *, every_default: bool) -> Iterator[Block]:
    """A plan: what would be made, with which values, what is started and in which order.

    Args:
        plan: which.
        every_default: whether values are shown, too, that nobody chose and few look at.
    """
    yield Fields(list(_fields(plan)))
    for group in plan.node_groups:
        yield from _group(group, every_default)
    yield Heading("Instances")
    yield Table(
        ("name", "group", "processes"),
        [(each.name, each.node_group, ", ".join(each.node_processes)) for each in plan.instances],
    )
    yield Heading("Processes, in the order they start")
    yield Table(
        ("process", "service", "count", "groups"),
        [(each.name, each.service, str(each.count), ", ".join(each.node_groups)) for each in plan.processes],
        empty="none",
    )


def _fields(plan: "Plan") -> Iterator[tuple[str, str]]:
    yield "name", plan.name
    yield "plugin", f"{plan.plugin_name} {plan.hadoop_version}"
    if plan.auxiliary_plugins:
        yield "with", ", ".join(plan.auxiliary_plugins)
    yield "infrastructure", plan.provider
    yield "phases", " → ".join(phase.name for phase in plan.phases)


def _group(group: "PlannedNodeGroup", every_default: bool) -> Iterator[Block]:
    yield Heading(f"Node group {group.name}: {group.count} x {', '.join(group.node_processes) or 'no process'}")
    yield Fields(list(_group_fields(group)))
    values = [each for each in group.configuration if every_default or _is_of_interest(each)]
    yield Table(
        ("target", "config", "value", "from", "reason"),
        [(each.target, each.name, shown(each.value), each.origin.value, each.reason) for each in values],
        empty="no configs",
    )
    if left_out := len(group.configuration) - len(values):
        yield Text(f"and {left_out} more at their defaults: serai plan --all shows them")


def _is_of_interest(value: "PlannedValue") -> bool:
    return value.priority == 1 or value.origin.value != "default"


def _group_fields(group: "PlannedNodeGroup") -> Iterator[tuple[str, str]]:
    yield "open ports", ", ".join(map(str, group.open_ports)) or "none"
    if group.root_commands:
        yield "as root", "\n".join(group.root_commands)


def shown(value: Any) -> str:
    """A config's value as one would write it in a document."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
