"""Taking workers out of a cluster with nothing lost: the scheduler moves their data, then they end by themselves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.scheduler import SchedulerApi
from serai.builtin_plugins.dask.settings import WORKER, ClusterSettings
from serai.builtin_plugins.leader_workers.instances import runs
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
    leaving = {instance.instance_name: instance for instance in instances if runs(instance, WORKER)}
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
    """Workers are known by their names, which are their instances': their addresses may be about to change."""
    api, limit = SchedulerApi.of(cluster), ClusterSettings.of(cluster).decommission_timeout
    listed = _addresses(api, leaving)
    retired = api.retire(listed, timeout=limit)
    if kept := [name for address, name in listed.items() if address not in retired]:
        raise _not_drained(kept, "nobody could take their data", "keep more workers, or larger ones")
    for name in leaving.keys() - set(listed.values()):
        leaving[name].remote.services.stop(SERVICE_NAMES[WORKER])
    if back := _addresses(api, leaving):
        raise _not_drained(back.values(), "the scheduler lists them again", "try again")


def _addresses(api: SchedulerApi, names: Collection[str]) -> dict[str, str]:
    """The names of workers, by the addresses under which the scheduler lists them now."""
    return {worker.address: worker.name for worker in api.workers() if worker.name in names}


def _await_end(instance: Instance, run: Run, limit: float) -> None:
    """A retired worker hears of it with its next heartbeat, and ends. Told to end meanwhile it might hang."""
    name, services = SERVICE_NAMES[WORKER], instance.remote.services
    run.wait_until(
        lambda: not services.status(name)[name].is_running,
        what=f"the retired worker of {instance.instance_name} to end",
        timeout=limit,
    )


def _not_drained(names: Iterable[str], why: str, hint: str) -> NotDrained:
    told = ", ".join(sorted(names))
    return NotDrained(f"the workers of {told} cannot leave: {why}", place=told, hint=hint)
