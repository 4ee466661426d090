"""Bringing new values into force on a cluster that runs."""

from collections.abc import Iterator
from typing import Any, Final

from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.daemons import SERVICE_NAMES, master_service, recovers
from serai.builtin_plugins.spark.job_properties import are_for_jobs, changed_keys
from serai.builtin_plugins.spark.lifecycle import cluster_info, configure, remember_started, start_workers
from serai.builtin_plugins.spark.membership import wait_for_workers
from serai.builtin_plugins.spark.renewal import demand_values, renew
from serai.builtin_plugins.spark.settings import MASTER, SERVICE, WORKER
from serai.builtin_plugins.spark.topology import workers_by_address
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.changes import Changes, Step
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.objects import Cluster, Instance, Secret
from serai.hookspec.run import Run

_PASSED_THROUGH: Final = (settings.SPARK_DEFAULTS.key, settings.SECRET_SPARK_DEFAULTS.key)


def update_policy(cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy | None:
    """What a change takes where that is not what its config says; arguments as of the hook ``get_update_policy``."""
    if config.key in _PASSED_THROUGH and are_for_jobs(changed_keys(_clear(old), _clear(new))):
        return UpdatePolicy.LIVE
    if config.key == settings.REST_PORT.key and not cluster.value(settings.REST_SERVER):
        return UpdatePolicy.LIVE
    return None


def disruptions(cluster: Cluster, changes: Changes) -> Iterator[str]:
    """What users lose meanwhile; arguments as of the hook ``get_disruptions``."""
    touched = {process for step in changes.steps for process in step.processes}
    at_once = {process for step in changes.steps if step.policy is UpdatePolicy.RESTART for process in step.processes}
    if MASTER in touched and WORKER not in at_once and recovers(cluster_values(cluster)):
        yield (
            "The master is restarted: applications that run go on with the executors they have; none can be submitted"
            " until it is back."
        )
    elif MASTER in touched:
        yield (
            "The master is restarted: applications that run lose their executors for good, so cancel their jobs and"
            " submit them again; none can be submitted until it is back."
        )
    if WORKER in touched - at_once:
        yield (
            "Workers are restarted in turn, each when its executors have finished their tasks and handed their data"
            " over: applications that run go on, with less room."
        )
        if len(cluster.instances_with(WORKER)) == 1:
            yield "There is no other worker: applications wait until it is back, and compute again what it held."
        if any(_shrinks(changes, config) for config in (settings.WORKER_MEMORY, settings.WORKER_CORES)):
            yield (
                "Workers get smaller: applications that run ask for executors as large as before, and wait for ever"
                " when none fits."
            )


def reconfigure(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Do one step; arguments and errors are those of the hook ``reconfigure_cluster``."""
    step = changes.step
    if step.policy is UpdatePolicy.LIVE:
        configure(cluster.instances, run)
    elif step.policy is UpdatePolicy.ROLLING:
        renew(cluster, step.instances_with(WORKER, cluster), run)
        remember_started(cluster, _renewed(changes, cluster))
    else:
        _restart(cluster, step, run)
    cluster.info[SERVICE] = cluster_info(cluster)


def _restart(cluster: Cluster, step: Step, run: Run) -> None:
    """Restart what the step names, workers around their master, until it says that all of the cluster's are alive."""
    masters, workers = (step.instances_with(process, cluster) for process in (MASTER, WORKER))
    if workers:
        run.each(workers, lambda each: each.remote.services.stop(SERVICE_NAMES[WORKER]), step="Stop Spark workers")
    if masters:
        run.each(masters, lambda each: each.remote.services.restart(master_service(each)), step="Restart Spark master")
    if workers:
        start_workers(workers, run)
        remember_started(cluster, workers)
    wait_for_workers(cluster, workers_by_address(cluster.instances), run, alone=True)
    demand_values(cluster, workers)


def _renewed(changes: Changes, cluster: Cluster) -> list[Instance]:
    """The workers that were restarted in turn so far, those of this step included."""
    steps = changes.steps[: changes.steps.index(changes.step) + 1]
    return [each for step in steps for each in step.instances_with(WORKER, cluster)]


def _shrinks(changes: Changes, config: Config) -> bool:
    return any(
        isinstance(change.old, int) and isinstance(change.new, int) and change.new < change.old
        for change in changes.change_of(config)
    )


def _clear(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else value or ""
