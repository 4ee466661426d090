"""Taking workers out of a cluster with nothing lost: the scheduler moves their data, then they end by themselves."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.scheduler import SchedulerApi
from serai.builtin_plugins.dask.settings import WORKER, ClusterSettings
from serai.builtin_plugins.dask.topology import workers_by_address
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_MARGIN: Final = 30.0
"""Seconds a host may take beside the waiting itself, so that the wait's own error is the one that is told."""


class NotDrained(SeraiError):
    """A worker could not leave, or did not; its machine must stay."""

    code = "DASK_NOT_DRAINED"


def decommission(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Return when the scheduler has moved the workers' data to others and their processes have ended.

    A worker that the scheduler does not know holds nothing anyone could ask for; it is stopped.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that will be removed.
        run: the operation.

    Raises:
        NotDrained: data of some workers could be moved nowhere, or the scheduler still lists them.
        DeadlineExceeded: the data was not moved in time, or a process did not end.
        UnreadableAnswer: the scheduler said nothing that proves anything.
    """
    leaving = workers_by_address(instances)
    if not leaving:
        return
    with run.step("Retire Dask workers"):
        _retire(cluster, leaving)
    limit = ClusterSettings.of(cluster).decommission_timeout
    run.each(
        list(leaving.values()),
        lambda instance: _await_end(instance, run, limit),
        step="Await end of workers",
        timeout=limit + _MARGIN,
    )


def _retire(cluster: Cluster, leaving: Mapping[str, Instance]) -> None:
    api, limit = SchedulerApi.of(cluster), ClusterSettings.of(cluster).decommission_timeout
    listed = api.addresses() & leaving.keys()
    retired = api.retire(listed, timeout=limit)
    if kept := listed - retired:
        raise _not_drained(leaving, kept, "nobody could take their data", "keep more workers, or larger ones")
    for address in leaving.keys() - listed:
        leaving[address].remote.services.stop(SERVICE_NAMES[WORKER])
    if back := api.addresses() & leaving.keys():
        raise _not_drained(leaving, back, "the scheduler lists them again", "try again")


def _await_end(instance: Instance, run: Run, limit: float) -> None:
    """A retired worker hears of it with its next heartbeat, and ends. Told to end meanwhile it might hang."""
    name, services = SERVICE_NAMES[WORKER], instance.remote.services
    run.wait_until(
        lambda: not services.status(name)[name].is_running,
        what=f"the retired worker of {instance.instance_name} to end",
        timeout=limit,
    )


def _not_drained(leaving: Mapping[str, Instance], addresses: Collection[str], why: str, hint: str) -> NotDrained:
    names = ", ".join(sorted(leaving[address].instance_name for address in addresses))
    return NotDrained(f"the workers of {names} cannot leave: {why}", place=names, hint=hint)
