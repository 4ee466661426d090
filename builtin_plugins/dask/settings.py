"""What a user can set, and the values in force, typed."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from serai.hookspec.configs import SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy
from serai.hookspec.objects import Cluster, NodeGroup

SERVICE: Final = "Dask"
SCHEDULER: Final = "scheduler"
WORKER: Final = "worker"

LEAST_WORKER_MEMORY: Final = 64
"""MiB; an idle worker's own code takes about 50."""


_LIVE: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.LIVE}
"""It matters to Serai alone."""
_WORKERS_IN_TURN: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.ROLLING, "update_processes": (WORKER,)}
_ALL_AT_ONCE: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.RESTART}
"""The scheduler must be restarted, and no worker outlives it."""


def _integer(
    name: str,
    description: str,
    *,
    default: int | None,
    least: int,
    most: int | None,
    scope: Scope,
    priority: int,
    update: Mapping[str, Any],
) -> Config:
    return Config(
        name=name,
        description=description,
        config_type=ConfigType.INTEGER,
        default_value=default,
        applicable_target=f"{SERVICE_PREFIX}{SERVICE}",
        scope=scope,
        priority=priority,
        minimum=least,
        maximum=most,
        **update,
    )


def _port(name: str, description: str, default: int, scope: Scope) -> Config:
    update = _ALL_AT_ONCE if scope is Scope.CLUSTER else _WORKERS_IN_TURN
    return _integer(name, description, default=default, least=1, most=65535, scope=scope, priority=2, update=update)


def _seconds(name: str, description: str, default: int, update: Mapping[str, Any]) -> Config:
    scope = Scope.CLUSTER
    return _integer(name, description, default=default, least=1, most=None, scope=scope, priority=2, update=update)


def _size(name: str, description: str, least: int) -> Config:
    update = _WORKERS_IN_TURN
    return _integer(
        name, description, default=None, least=least, most=None, scope=Scope.NODE, priority=1, update=update
    )


SCHEDULER_PORT: Final = _port(
    "Scheduler port", "TCP port on which the scheduler takes clients and workers.", 8786, Scope.CLUSTER
)
HTTP_PORT: Final = _port(
    "Scheduler HTTP port", "TCP port of the scheduler's pages, health and control API.", 8787, Scope.CLUSTER
)
WORKER_PORT: Final = _port(
    "Worker port", "TCP port on which a worker talks to the scheduler and to other workers.", 8788, Scope.NODE
)
WORKER_HTTP_PORT: Final = _port("Worker HTTP port", "TCP port of a worker's pages and health.", 8789, Scope.NODE)
WORKER_THREADS: Final = _size(
    "Worker threads", "Tasks a worker runs at a time. Recommended: the machine's processors, shared out.", 1
)
WORKER_MEMORY: Final = _size(
    "Worker memory",
    "Memory of a worker, in MiB. It spills data to disk from 60 % of it on and pauses at 80 %. Recommended: most of the"
    " machine's, shared out; without one Dask takes what its own formula gives.",
    LEAST_WORKER_MEMORY,
)
WORKER_TTL: Final = _seconds(
    "Worker TTL",
    "Seconds of silence after which the scheduler gives a worker up and runs its tasks elsewhere. Must exceed the"
    " longest time a task holds Python's global lock.",
    60,
    _ALL_AT_ONCE,
)
START_TIMEOUT: Final = _seconds(
    "Start timeout", "Seconds until the scheduler must have accepted every worker.", 60, _LIVE
)
DECOMMISSION_TIMEOUT: Final = _seconds(
    "Decommission timeout", "Seconds in which retired workers must have moved their data away and ended.", 600, _LIVE
)

CONFIGS: Final = (
    SCHEDULER_PORT,
    HTTP_PORT,
    WORKER_PORT,
    WORKER_HTTP_PORT,
    WORKER_THREADS,
    WORKER_MEMORY,
    WORKER_TTL,
    START_TIMEOUT,
    DECOMMISSION_TIMEOUT,
)


@frozen
class ClusterSettings:
    """Values that hold for the whole cluster; times in seconds."""

    scheduler_port: int
    http_port: int
    worker_ttl: int
    start_timeout: int
    decommission_timeout: int

    @classmethod
    def of(cls, cluster: Cluster) -> "ClusterSettings":
        """The values in force in a cluster that passed validation."""
        return cls(
            scheduler_port=cluster.value(SCHEDULER_PORT),
            http_port=cluster.value(HTTP_PORT),
            worker_ttl=cluster.value(WORKER_TTL),
            start_timeout=cluster.value(START_TIMEOUT),
            decommission_timeout=cluster.value(DECOMMISSION_TIMEOUT),
        )


@frozen
class WorkerSettings:
    """Values of one node group's workers; ``threads`` and ``memory_mb`` are None where Dask is to choose."""

    port: int
    http_port: int
    threads: int | None
    memory_mb: int | None

    @classmethod
    def of(cls, node_group: NodeGroup) -> "WorkerSettings":
        """The values in force in a node group of a cluster that passed validation."""
        return cls(
            port=node_group.value(WORKER_PORT),
            http_port=node_group.value(WORKER_HTTP_PORT),
            threads=node_group.value(WORKER_THREADS),
            memory_mb=node_group.value(WORKER_MEMORY),
        )
