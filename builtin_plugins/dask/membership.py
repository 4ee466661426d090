"""Waiting for the scheduler to list workers, and saying what keeps one out."""

from collections.abc import Mapping

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.scheduler import SchedulerApi
from serai.builtin_plugins.dask.settings import WORKER, ClusterSettings
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run


def wait_for_workers(cluster: Cluster, expected: Mapping[str, Instance], run: Run, *, alone: bool) -> None:
    """Return when the scheduler lists the expected workers, by equality of their addresses.

    Args:
        cluster: the cluster.
        expected: instances by the address of their worker.
        run: the operation.
        alone: whether it must list no other.

    Raises:
        DeadlineExceeded: naming the instances whose worker is missing, with the log of the first.
        UnreadableAnswer: what answers is no Dask scheduler.
    """
    api, limit = SchedulerApi.of(cluster), ClusterSettings.of(cluster).start_timeout

    def joined() -> bool:
        listed = api.addresses()
        return listed == expected.keys() if alone else listed >= expected.keys()

    try:
        run.wait_until(joined, what=f"{len(expected)} workers to join the scheduler", timeout=limit)
    except DeadlineExceeded as error:
        raise _incomplete(expected, api.addresses(), limit) from error


def _incomplete(expected: Mapping[str, Instance], listed: frozenset[str], limit: float) -> DeadlineExceeded:
    missing = [instance for address, instance in expected.items() if address not in listed]
    if not missing:
        strangers = ", ".join(sorted(listed - expected.keys()))
        return DeadlineExceeded(
            f"after {limit:g} s the scheduler still lists workers of no instance of this cluster: {strangers}",
            code="DASK_FOREIGN_WORKERS",
            hint="end those workers; they were started by someone else",
        )
    first, names = missing[0], ", ".join(instance.instance_name for instance in missing)
    return DeadlineExceeded(
        f"after {limit:g} s the scheduler does not list the workers of {names}",
        code="DASK_WORKERS_MISSING",
        host=first.instance_name,
        hint="see the worker's log; the scheduler's address must be reachable from the worker",
        details={"log": first.remote.services.log(SERVICE_NAMES[WORKER])},
    )
