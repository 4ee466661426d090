"""What a user can set, and the values in force."""

from typing import Any, Final, Self

from attrs import frozen

from serai.hookspec.configs import SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy
from serai.hookspec.objects import Cluster

SERVICE: Final = "Prometheus"
PROMETHEUS: Final = "prometheus"
NODE_EXPORTER: Final = "node_exporter"
TARGET: Final = f"{SERVICE_PREFIX}{SERVICE}"


def _integer(name: str, description: str, default: int, process: str, policy: UpdatePolicy, **rest: Any) -> Config:
    return Config(
        name=name,
        description=description,
        config_type=ConfigType.INTEGER,
        default_value=default,
        applicable_target=TARGET,
        update_policy=policy,
        update_processes=(process,),
        **{"scope": Scope.CLUSTER, "minimum": 1, **rest},
    )


PORT: Final = _integer(
    "Prometheus port",
    "TCP port of Prometheus: its pages and its API. It asks nobody who they are.",
    9090,
    PROMETHEUS,
    UpdatePolicy.RESTART,
    maximum=65535,
    priority=1,
)
NODE_EXPORTER_PORT: Final = _integer(
    "Node exporter port",
    "TCP port on which a machine tells how it is.",
    9100,
    NODE_EXPORTER,
    UpdatePolicy.RESTART,
    maximum=65535,
    scope=Scope.NODE,
)
SCRAPE_INTERVAL: Final = _integer(
    "Scrape interval",
    "Seconds between two looks at each target.",
    15,
    PROMETHEUS,
    UpdatePolicy.RELOAD,
    maximum=120,  # beyond it, half of Prometheus's memory of a look, queries have gaps
    priority=1,
)
RETENTION: Final = _integer(
    "Retention",
    "Days for which what was seen is kept.",
    15,
    PROMETHEUS,
    UpdatePolicy.RESTART,
    maximum=3650,
)
START_TIMEOUT: Final = _integer(
    "Start timeout",
    "Seconds until a process must listen, and, beside two scrape intervals, until Prometheus must have seen every"
    " target up.",
    120,
    PROMETHEUS,
    UpdatePolicy.LIVE,
)

CONFIGS: Final = (PORT, NODE_EXPORTER_PORT, SCRAPE_INTERVAL, RETENTION, START_TIMEOUT)


@frozen
class Settings:
    """Values that hold for a whole cluster that passed validation.

    Attributes:
        port: of Prometheus.
        scrape_interval, start_timeout: in seconds.
        retention: in days.
    """

    port: int
    scrape_interval: int
    retention: int
    start_timeout: int

    @classmethod
    def of(cls, cluster: Cluster) -> Self:
        """The values in force."""
        value = cluster.value
        return cls(value(PORT), value(SCRAPE_INTERVAL), value(RETENTION), value(START_TIMEOUT))
