"""How the monitoring is, told by Prometheus itself."""

from typing import Final

from serai.contrib.prometheus.scraping import faults
from serai.contrib.prometheus.server import ask_targets
from serai.contrib.prometheus.targets import targets
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster

_ANSWER_WITHIN: Final = 5.0
_TOLD: Final = 5
"""How many targets at fault are named."""


def health_checks(cluster: Cluster) -> list[HealthCheck]:
    """One: whether Prometheus answers and finds all that it is to scrape up.

    Args:
        cluster: the cluster, its instances connected.
    """
    return [HealthCheck("Prometheus targets", lambda: targets_health(cluster))]


def targets_health(cluster: Cluster) -> Health:
    """Red when Prometheus does not answer; yellow when a target is not up: the cluster works, and is not seen whole."""
    wanted = {target.url: target for target in targets(cluster, cluster.instances)}
    try:
        problems = faults(wanted, ask_targets(cluster, timeout=_ANSWER_WITHIN))
    except RemoteError as error:
        return Health(HealthColor.RED, f"Prometheus does not tell its targets: {error.message}")
    if not problems:
        return Health(HealthColor.GREEN, f"{len(wanted)} up")
    more = f"; and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
    return Health(HealthColor.YELLOW, "; ".join(problems[:_TOLD]) + more)
