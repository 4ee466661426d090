"""How a running cluster is, told by Spark itself and by the supervisors of its processes."""

from collections.abc import Callable, Iterable
from typing import Final

from serai.builtin_plugins.spark.daemons import SERVICE_NAMES
from serai.builtin_plugins.spark.master import ALIVE, DECOMMISSIONED, ask_master, ask_worker
from serai.builtin_plugins.spark.settings import WORKER
from serai.builtin_plugins.spark.topology import workers_by_address
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Instance

_ANSWER_WITHIN: Final = 5.0


def health_checks(cluster: Cluster) -> list[HealthCheck]:
    """One for the master, one for who has joined it, one for each worker.

    Args:
        cluster: the cluster, its instances connected.
    """
    return [
        HealthCheck("Spark master", lambda: master_health(cluster)),
        HealthCheck("Spark workers", lambda: membership_health(cluster)),
        *(
            HealthCheck(f"Spark worker on {instance.instance_name}", _looking_at(instance))
            for instance in cluster.instances_with(WORKER)
        ),
    ]


def master_health(cluster: Cluster) -> Health:
    """Whether the master answers and takes workers."""
    try:
        state = ask_master(cluster, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"the master does not answer: {error.message}")
    if state.status != ALIVE:
        return Health(HealthColor.RED, f"the master says that it is {state.status}")
    running = len(state.applications)
    return Health(HealthColor.GREEN, f"alive, with {running} application{'' if running == 1 else 's'} running")


def membership_health(cluster: Cluster) -> Health:
    """Whether the master lists exactly the cluster's workers as alive."""
    expected = workers_by_address(cluster.instances)
    try:
        state = ask_master(cluster, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"the master does not say who has joined: {error.message}")
    alive = state.in_state(ALIVE)
    leaving = [expected[address] for address in expected if state.state_of(address) == DECOMMISSIONED]
    missing = [instance for address, instance in expected.items() if address not in alive and instance not in leaving]
    if missing:
        return Health(HealthColor.RED, f"the master has lost the workers of {_names(missing)}")
    if leaving:
        return Health(HealthColor.YELLOW, f"the workers of {_names(leaving)} are decommissioned and take nothing new")
    if strangers := alive - expected.keys():
        others = ", ".join(sorted(map(str, strangers)))
        return Health(HealthColor.YELLOW, f"workers that are not the cluster's have joined: {others}")
    return Health(HealthColor.GREEN, f"{len(expected)} alive")


def worker_health(instance: Instance) -> Health:
    """Whether an instance's worker runs, and answers."""
    name, where = SERVICE_NAMES[WORKER], f"the worker of {instance.instance_name}"
    found = instance.remote.services.status(name)[name]
    if not found.is_running:
        how = "" if found.exit_code is None else f", with status {found.exit_code}"
        return Health(HealthColor.RED, f"{where} has ended{how}")
    try:
        state = ask_worker(instance, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"{where} runs and does not answer: {error.message}")
    running = f"{state.executors} executor{'' if state.executors == 1 else 's'}"
    return Health(HealthColor.GREEN, f"process {found.pid} runs {running}")


def _looking_at(instance: Instance) -> Callable[[], Health]:
    return lambda: worker_health(instance)


def _names(instances: Iterable[Instance]) -> str:
    return ", ".join(instance.instance_name for instance in instances)
