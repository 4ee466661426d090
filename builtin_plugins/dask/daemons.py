"""The scheduler and the workers as services of their instances."""

from collections.abc import Mapping
from typing import Final

from serai.builtin_plugins.dask.settings import SCHEDULER, WORKER, ClusterSettings, WorkerSettings
from serai.builtin_plugins.dask.topology import scheduler_address
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Instance
from serai.hookspec.services import Listening, LogLine, Service

SERVICE_NAMES: Final = {SCHEDULER: "dask-scheduler", WORKER: "dask-worker"}
"""The service that each process is."""

_STOP_WITHIN: Final = 10.0

_BOUND: Final = "Scheduler at:"
"""What a scheduler logs once its port is its own: that something listens there may also be somebody else's doing."""


def services_of(instance: Instance, environment: Mapping[str, str]) -> list[Service]:
    """The services an instance is to have running, in the order they are started.

    Args:
        instance: whose; its cluster has a scheduler.
        environment: Dask's own variables on the instance.
    """
    makers = {SCHEDULER: scheduler_service, WORKER: worker_service}
    return [make(instance, environment) for process, make in makers.items() if runs(instance, process)]


def scheduler_service(instance: Instance, environment: Mapping[str, str]) -> Service:
    """The scheduler; it listens on the instance's address only. Arguments as of :func:`services_of`."""
    settings, address = ClusterSettings.of(instance.node_group.cluster), instance.internal_ip
    return Service(
        name=SERVICE_NAMES[SCHEDULER],
        argv=(
            *(instance.remote.facts.python, "-m", "distributed.cli.dask_scheduler"),
            *("--host", address),
            *("--port", str(settings.scheduler_port)),
            *("--dashboard-address", f"{address}:{settings.http_port}"),
        ),
        env=environment,
        ready=(
            Listening(settings.scheduler_port, address),
            Listening(settings.http_port, address),
            LogLine(_BOUND),
        ),
        stop_timeout=_STOP_WITHIN,
        ready_timeout=settings.start_timeout,
    )


def worker_service(instance: Instance, environment: Mapping[str, str]) -> Service:
    """A worker, without a nanny: the process that is looked after is the worker itself. Arguments as above.

    It listens before the scheduler knows it, so its readiness tells only that it did not fail on its own.
    """
    node_group = instance.node_group
    settings, address = WorkerSettings.of(node_group), instance.internal_ip
    return Service(
        name=SERVICE_NAMES[WORKER],
        argv=(
            *(instance.remote.facts.python, "-m", "distributed.cli.dask_worker"),
            scheduler_address(node_group.cluster),
            "--no-nanny",
            *("--name", instance.instance_name),
            *("--host", address),
            *("--worker-port", str(settings.port)),
            *("--dashboard-address", f"{address}:{settings.http_port}"),
            *("--local-directory", f"{instance.remote.layout.data}/dask"),
            *(() if settings.threads is None else ("--nthreads", str(settings.threads))),
            *(() if settings.memory_mb is None else ("--memory-limit", f"{settings.memory_mb}MiB")),
        ),
        env=environment,
        ready=(Listening(settings.port, address),),
        stop_timeout=_STOP_WITHIN,
        ready_timeout=ClusterSettings.of(node_group.cluster).start_timeout,
    )
