"""Ending a cluster. It always ends: what goes wrong is recorded, and a forced end reports what it left."""

from typing import Final

from serai.engine.lifecycle.machines import all_machines
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import OperationCancelled, SeraiError


def farewell(work: Work) -> None:
    """Let plugins clean up; nothing they raise stops the end."""
    try:
        failures = work.stack.on_terminate_cluster(work.cluster, work.run)
    except SeraiError as error:  # the plugin is not installed any more, or cannot be loaded
        failures = [error]
    for failure in failures:
        work.run.warn(f"cleaning up failed: [{failure.code}] {failure.message}")


def remove_machines(work: Work) -> None:
    """Remove every machine the provider has for the cluster, those the cluster does not know of included."""
    try:
        with work.run.step("remove machines"):
            known = [instance.instance_id for instance in all_machines(work.cluster)]
            found = [machine.machine_id for machine in work.provider.list_machines(work.cluster.id)]
            work.provider.delete_machines(work.cluster.id, list(dict.fromkeys([*known, *found])))
    except SeraiError as error:
        if not work.record.request.get("force") or isinstance(error, OperationCancelled):
            raise
        left = _perhaps_left(work)
        work.record.state["left"] = left
        work.run.warn(f"forced: [{error.code}] {error.message}; perhaps left: {', '.join(left) or 'nothing known'}")


def _perhaps_left(work: Work) -> list[str]:
    """The machines the provider still has for the cluster; all that the cluster knew where it cannot tell."""
    known = {
        each.instance_id: f"{each.instance_name} ({each.instance_id} at {each.management_ip})"
        for each in all_machines(work.cluster)
    }
    try:
        remaining = work.provider.list_machines(work.cluster.id)
    except SeraiError:  # the reason why it came to this is told already
        return list(known.values())
    return [
        known.get(machine.machine_id, f"{machine.name} ({machine.machine_id} at {machine.management_ip})")
        for machine in remaining
    ]


TERMINATE: Final = Lifecycle(
    "terminate",
    (
        Phase("clean up", ClusterStatus.DELETING, farewell),
        Phase("remove machines", ClusterStatus.DELETING, remove_machines),
    ),
    leaves=None,
)
