"""Waiting for the master to list workers as alive, and saying what keeps one out."""

from collections.abc import Mapping
from typing import Final

from serai.builtin_plugins.leader_workers.membership import Membership, have_joined, not_joined
from serai.builtin_plugins.spark.daemons import SERVICE_NAMES
from serai.builtin_plugins.spark.master import ALIVE, ask_master
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.builtin_plugins.spark.topology import Address, workers_by_address
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_MEMBERSHIP: Final = Membership(MASTER, listed_as=" as alive", code="SPARK", service=SERVICE_NAMES[WORKER])


def wait_for_workers(cluster: Cluster, expected: Mapping[Address, Instance], run: Run, *, alone: bool) -> None:
    """Return when the master says that the expected workers are alive, by equality of their addresses.

    Args:
        cluster: the cluster.
        expected: instances by the address of their worker.
        run: the operation.
        alone: whether no other may be alive, but for those of machines that the cluster does without.

    Raises:
        DeadlineExceeded: naming the instances whose worker is missing, with the log of the first.
    """
    limit = cluster_values(cluster).timeouts.start
    given_up = workers_by_address(cluster.quarantined).keys()

    seen: list[frozenset[Address]] = []

    def joined() -> bool:
        seen[:] = [ask_master(cluster).in_state(ALIVE) - given_up]
        return have_joined(expected.keys(), seen[0], alone=alone)

    with run.step("Await Spark workers"):
        try:
            run.wait_until(joined, what=f"{len(expected)} workers alive with the master", timeout=limit)
        except DeadlineExceeded as error:
            if not seen:
                raise
            raise not_joined(_MEMBERSHIP, expected, seen[0], limit) from error
