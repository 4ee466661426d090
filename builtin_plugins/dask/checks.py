"""How a running cluster is, told by Dask itself and by the supervisors of its processes."""

from collections.abc import Callable

from serai.builtin_plugins.dask.daemons import SERVICE_NAMES
from serai.builtin_plugins.dask.scheduler import SchedulerApi
from serai.builtin_plugins.dask.settings import SCHEDULER, WORKER
from serai.builtin_plugins.dask.topology import scheduler_instance, worker_url, workers_by_address
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Instance

_ANSWER_WITHIN = 5.0


def health_checks(cluster: Cluster) -> list[HealthCheck]:
    """One for the scheduler, one for who has joined it, one for each worker.

    Args:
        cluster: the cluster, its instances connected.
    """
    return [
        HealthCheck("Dask scheduler", lambda: scheduler_health(cluster)),
        HealthCheck("Dask workers", lambda: membership_health(cluster)),
        *(
            HealthCheck(f"Dask worker on {instance.instance_name}", _looking_at(instance))
            for instance in cluster.instances_with(WORKER)
        ),
    ]


def scheduler_health(cluster: Cluster) -> Health:
    """Green when the scheduler's process runs and says that it is well."""
    api = SchedulerApi.of(cluster)
    problem = _process_problem(scheduler_instance(cluster), SCHEDULER, lambda: api.is_healthy(timeout=_ANSWER_WITHIN))
    return problem or Health(HealthColor.GREEN, f"the scheduler answers at {api.url}")


def membership_health(cluster: Cluster) -> Health:
    """Green when the scheduler lists exactly the cluster's workers; yellow when it lists others besides."""
    expected = workers_by_address(cluster.instances)
    listed = SchedulerApi.of(cluster).addresses()
    missing = [instance.instance_name for address, instance in expected.items() if address not in listed]
    if missing:
        return Health(HealthColor.RED, f"the scheduler does not list the workers of {', '.join(missing)}")
    if strangers := listed - expected.keys():
        return Health(HealthColor.YELLOW, f"workers of no instance have joined: {', '.join(sorted(strangers))}")
    return Health(HealthColor.GREEN, f"the scheduler lists exactly the workers of this cluster: {len(expected)}")


def worker_health(instance: Instance) -> Health:
    """Green when the worker's process runs and answers; a process that hangs does not."""

    def answers() -> bool:
        answer = instance.remote.http(f"{worker_url(instance)}/health", timeout=_ANSWER_WITHIN)
        return answer.strip() == b"ok"

    return _process_problem(instance, WORKER, answers) or Health(HealthColor.GREEN, "it runs and answers")


def _looking_at(instance: Instance) -> Callable[[], Health]:
    return lambda: worker_health(instance)


def _process_problem(instance: Instance, process: str, is_well: Callable[[], bool]) -> Health | None:
    """What is wrong with a process, naming its instance; None when nothing is."""
    name = SERVICE_NAMES[process]
    status = instance.remote.services.status(name)[name]
    where = f"the {process} of {instance.instance_name}"
    if not status.is_running:
        ended = "" if status.exit_code is None else f", it ended with status {status.exit_code}"
        return Health(HealthColor.RED, f"{where} does not run{ended}")
    try:
        return None if is_well() else Health(HealthColor.RED, f"{where} runs and says that it is not well")
    except RemoteError as error:
        return Health(HealthColor.RED, f"{where} runs and does not answer: {error.message}")
