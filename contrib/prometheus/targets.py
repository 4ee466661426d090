"""Who is scraped, and what Prometheus is told of them."""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from attrs import frozen

from serai.contrib.prometheus.settings import Settings
from serai.contrib.prometheus.sources import sources
from serai.hookspec.objects import Cluster, Instance

_LONGEST_SCRAPE: Final = 10
"""Seconds: Prometheus's own limit for one look, where the interval leaves as much."""


@frozen
class Target:
    """One place with metrics.

    Attributes:
        job: what Prometheus calls those of its kind.
        path: of the URL.
        address: ``<ip>:<port>``.
        instance: the name of the instance.
        node_group: the name of its node group.
    """

    job: str
    path: str
    address: str
    instance: str
    node_group: str

    @property
    def url(self) -> str:
        """By which Prometheus knows it again."""
        return f"http://{self.address}{self.path}"


def targets(cluster: Cluster, instances: Iterable[Instance]) -> list[Target]:
    """All that is scraped on some instances, kind by kind.

    Args:
        cluster: the cluster.
        instances: of the cluster's.
    """
    listed = list(instances)
    return [
        Target(
            source.job,
            source.path,
            f"{instance.internal_ip}:{source.port_of(instance.node_group)}",
            instance.instance_name,
            instance.node_group.name,
        )
        for source in sources(cluster)
        for instance in listed
        if source.process in instance.node_group.node_processes
    ]


def server_config(cluster: Cluster, scraped: Iterable[Target]) -> str:
    """Prometheus's configuration. It is JSON, and so YAML as well.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/

    Args:
        cluster: the cluster.
        scraped: those to be scraped, kind by kind.
    """
    interval = Settings.of(cluster).scrape_interval
    document = {
        "global": {
            "scrape_interval": f"{interval}s",
            "scrape_timeout": f"{min(interval, _LONGEST_SCRAPE)}s",
            "external_labels": {"cluster": cluster.name},
        },
        "scrape_configs": [
            _job(job, path, list(members))
            for (job, path), members in groupby(scraped, lambda target: (target.job, target.path))
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _job(name: str, path: str, members: list[Target]) -> dict[str, Any]:
    # Labels that Serai gives stand above any of the same name that a target tells of itself.
    return {
        "job_name": name,
        "metrics_path": path,
        "static_configs": [
            {
                "targets": [target.address],
                "labels": {"instance_name": target.instance, "node_group": target.node_group},
            }
            for target in members
        ],
    }
