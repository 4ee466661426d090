"""Waiting for the scheduler to list workers, and saying what keeps one out."""

from collections.abc import Mapping
from typing import Final

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.scheduler import SchedulerApi
from serai.builtin_plugins.dask.settings import SCHEDULER, WORKER, ClusterSettings
from serai.builtin_plugins.dask.topology import workers_by_address
from serai.builtin_plugins.leader_workers.membership import Membership, have_joined, not_joined
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_MEMBERSHIP: Final = Membership(SCHEDULER, listed_as="", code="DASK", service=SERVICE_NAMES[WORKER])


def wait_for_workers(cluster: Cluster, expected: Mapping[str, Instance], run: Run, *, alone: bool) -> None:
    """Return when the scheduler lists the expected workers, by equality of their addresses.

    Args:
        cluster: the cluster.
        expected: instances by the address of their worker.
        run: the operation.
        alone: whether it must list no other, but for those of machines that the cluster does without.

    Raises:
        DeadlineExceeded: naming the instances whose worker is missing, with the log of the first.
        UnreadableAnswer: what answers is no Dask scheduler.
    """
    api, limit = SchedulerApi.of(cluster), ClusterSettings.of(cluster).start_timeout
    given_up = workers_by_address(cluster.quarantined).keys()

    def listed() -> frozenset[str]:
        return frozenset(api.addresses() - given_up)

    def joined() -> bool:
        return have_joined(expected.keys(), listed(), alone=alone)

    try:
        run.wait_until(joined, what=f"{len(expected)} workers to join the scheduler", timeout=limit)
    except DeadlineExceeded as error:
        raise not_joined(_MEMBERSHIP, expected, listed(), limit) from error
