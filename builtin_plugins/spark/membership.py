"""Waiting for the master to list workers as alive, and saying what keeps one out."""

from collections.abc import Mapping

from serai.builtin_plugins.spark.daemons import SERVICE_NAMES
from serai.builtin_plugins.spark.master import ALIVE, MasterState, ask_master
from serai.builtin_plugins.spark.settings import WORKER
from serai.builtin_plugins.spark.topology import Address
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run


def wait_for_workers(cluster: Cluster, expected: Mapping[Address, Instance], run: Run, *, alone: bool) -> None:
    """Return when the master says that the expected workers are alive, by equality of their addresses.

    Args:
        cluster: the cluster.
        expected: instances by the address of their worker.
        run: the operation.
        alone: whether no other may be alive.

    Raises:
        DeadlineExceeded: naming the instances whose worker is missing, with the log of the first.
    """
    limit = cluster_values(cluster).timeouts.start

    seen: list[MasterState] = []

    def joined() -> bool:
        seen[:] = [ask_master(cluster)]
        alive = seen[0].in_state(ALIVE)
        return alive == expected.keys() if alone else alive >= expected.keys()

    with run.step("Await Spark workers"):
        try:
            run.wait_until(joined, what=f"{len(expected)} workers alive with the master", timeout=limit)
        except DeadlineExceeded as error:
            if not seen:
                raise
            raise _incomplete(expected, seen[0], limit) from error


def _incomplete(expected: Mapping[Address, Instance], state: MasterState, limit: float) -> DeadlineExceeded:
    alive = state.in_state(ALIVE)
    missing = [instance for address, instance in expected.items() if address not in alive]
    if not missing:
        strangers = ", ".join(sorted(map(str, alive - expected.keys())))
        return DeadlineExceeded(
            f"after {limit:g} s the master still lists workers of no instance of this cluster: {strangers}",
            code="SPARK_FOREIGN_WORKERS",
            hint="end those workers; they were started by someone else",
        )
    first, names = missing[0], ", ".join(instance.instance_name for instance in missing)
    return DeadlineExceeded(
        f"after {limit:g} s the master does not list the workers of {names} as alive",
        code="SPARK_WORKERS_MISSING",
        host=first.instance_name,
        hint="see the worker's log; the master's address must be reachable from the worker",
        details={"log": first.remote.services.log(SERVICE_NAMES[WORKER])},
    )
