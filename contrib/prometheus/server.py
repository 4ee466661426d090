"""What Prometheus says of its targets, read strictly."""

import json
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from serai.contrib.prometheus.settings import PROMETHEUS, Settings
from serai.hookspec.errors import NotFound, RemoteError
from serai.hookspec.objects import Cluster, Instance

_PATH: Final = "/api/v1/targets?state=active"


class Condition(StrEnum):
    """How a target is; ``unknown`` until the first look."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@frozen
class Seen:
    """A target as Prometheus sees it.

    Attributes:
        url: where it looks.
        condition: what it found last.
        error: why the last look failed; ``""`` when it did not.
    """

    url: str
    condition: Condition
    error: str = ""


def server_instance(cluster: Cluster) -> Instance:
    """The instance that runs Prometheus.

    Raises:
        NotFound: it does not exist (any more).
    """
    for instance in cluster.instances_with(PROMETHEUS):
        return instance
    raise NotFound(
        f"cluster {cluster.name} has no {PROMETHEUS} instance",
        code="PROMETHEUS_MISSING",
        place=cluster.name,
        hint="delete the cluster and create it anew",
    )


def public_url(cluster: Cluster) -> str:
    """Where Prometheus's pages are, as seen by users."""
    instance = server_instance(cluster)
    return f"http://{instance.management_ip or instance.internal_ip}:{Settings.of(cluster).port}"


def ask_targets(cluster: Cluster, *, timeout: float) -> dict[str, Seen]:
    """The targets that Prometheus scrapes, by URL.

    https://prometheus.io/docs/prometheus/latest/querying/api/#targets

    Args:
        cluster: the cluster, its instances connected.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or says something else.
    """
    instance = server_instance(cluster)
    url = f"http://{instance.internal_ip}:{Settings.of(cluster).port}{_PATH}"
    answer = instance.remote.http(url, timeout=timeout)
    try:
        return parse_targets(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise RemoteError(
            f"{url}: not what Prometheus says of its targets: {error!r}",
            host=instance.instance_name,
            code="UNREADABLE_ANSWER",
            hint="see whether something else listens there",
        ) from error


def parse_targets(answer: bytes) -> dict[str, Seen]:
    """What an answer says.

    Args:
        answer: the body.

    Raises:
        ValueError, KeyError, TypeError: it is of another shape.
    """
    document = json.loads(answer)
    if document["status"] != "success":
        raise ValueError(f"status {document['status']!r}")
    return {seen.url: seen for seen in map(_seen, document["data"]["activeTargets"])}


def _seen(item: dict[str, Any]) -> Seen:
    url, error = item["scrapeUrl"], item["lastError"]
    if not isinstance(url, str) or not isinstance(error, str):
        raise TypeError("scrapeUrl and lastError are strings")
    return Seen(url, Condition(item["health"]), error)
