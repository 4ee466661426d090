"""Asking what can be asked now: plugins for the plan, machines for facts and services; all at once, within limits."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from serai.engine import health
from serai.engine.diagnosis.archive import Missing
from serai.engine.diagnosis.records import Section
from serai.engine.lifecycle.create import CREATE
from serai.engine.operations.fanout import Outcome, fan_out
from serai.engine.planning import plan
from serai.engine.plugins.stack import Stack
from serai.engine.serialization import make_converter
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.errors import OperationCancelled, briefly

SECTION_SECONDS: Final = 45.0
"""For each."""
TOTAL_SECONDS: Final = 120.0
"""For all together."""
MACHINES: Final = 200
"""How many are looked at: a larger cluster's are alike, mostly."""
_LOG_LINES: Final = 200


def sections(cluster: Cluster, stack: Stack | None, at: datetime) -> Iterator[Section]:
    """What to ask of a cluster whose instances are connected.

    Args:
        cluster: the cluster.
        stack: its plugins; None when they are not there.
        at: the time to put on the health report.
    """
    if stack is not None:
        yield Section(
            "plan.json", "what its document means, by the plugins", lambda: plan(cluster, stack, CREATE).to_dict()
        )
    if cluster.instances:
        yield Section("health.json", "its health now", lambda: _health(cluster, stack, at))
    for instance in suspects_first(cluster)[:MACHINES]:
        name = instance.instance_name
        yield Section(f"machines/{name}.json", "a machine: facts, services, the end of their logs", _looker(instance))


def suspects_first(cluster: Cluster) -> list[Instance]:
    """All machines: those that the cluster does without, then a few of each group, then the others."""
    first = [instance for group in cluster.node_groups for instance in group.instances[:2]]
    names = {instance.instance_name for instance in first}
    rest = [instance for instance in cluster.instances if instance.instance_name not in names]
    return [*cluster.quarantined, *first, *rest]


def made(asked: Sequence[Section]) -> list[tuple[Section, Any] | Missing]:
    """What came of each section: the section with what it made, or why there is nothing."""
    over = threading.Event()
    clock = threading.Timer(TOTAL_SECONDS, over.set)
    clock.daemon = True
    clock.start()
    late = f"there was no time left of {TOTAL_SECONDS:g} s"
    results: dict[str, tuple[Section, Any] | Missing] = {each.name: Missing(each.name, late) for each in asked}
    try:
        for batch in fan_out(asked, _make, name=_name, limit=lambda _: SECTION_SECONDS, cancelled=over):
            results |= {outcome.item.name: _result(outcome) for outcome in batch}
    except OperationCancelled:
        return list(results.values())  # with those for which there was no time
    finally:
        clock.cancel()
    return list(results.values())


def _make(section: Section) -> Any:
    return section.make()


def _name(section: Section) -> str:
    return section.name


def _result(outcome: Outcome[Section, Any]) -> tuple[Section, Any] | Missing:
    if outcome.error is not None:
        return Missing(outcome.item.name, briefly(outcome.error))
    return outcome.item, outcome.result


def _health(cluster: Cluster, stack: Stack | None, at: datetime) -> Any:
    checks = [*health.machine_checks(cluster), *(stack.get_health_checks(cluster) if stack is not None else ())]
    return make_converter().unstructure(health.examine(cluster.name, checks, at))


def _looker(instance: Instance) -> Any:
    return lambda: _machine(instance)


def _machine(instance: Instance) -> dict[str, Any]:
    remote, write = instance.remote, make_converter().unstructure
    services = remote.services.status()
    return {
        "instance": write(instance),
        "facts": write(remote.facts),
        "services": {
            name: {
                **write(status),
                **{
                    stream: remote.services.log(name, lines=_LOG_LINES, stream=stream)
                    for stream in ("stderr", "stdout")
                },
            }
            for name, status in services.items()
        },
    }
