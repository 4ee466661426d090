"""The clusters whose engines are killed."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from faults.dying import Order
from faults.life import Life
from faults.sleepers import sleepers

SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"


@frozen
class Kind:
    """One kind of cluster.

    Attributes:
        name: what is told of it.
        group: the node group that grows and shrinks.
        small, large: its counts.
        document: the cluster's document, of a count, with other values or not.
    """

    name: str
    group: str
    small: int
    large: int
    document: Callable[[int, bool], dict[str, Any]]


def _sleepers(count: int, changed: bool) -> dict[str, Any]:
    return sleepers(count=count, nap=2000 if changed else 1000).to_dict()


def _dask(count: int, changed: bool) -> dict[str, Any]:
    values = {"Worker memory": 520 if changed else 512, "Worker threads": 1}
    return _leader_and_workers("dask", "2026.8.0", "scheduler", count, {"service:Dask": values}, {})


def _spark(count: int, changed: bool) -> dict[str, Any]:
    values = {"Worker memory": 620 if changed else 600, "Worker cores": 1}
    options = f"spark.executor.extraJavaOptions {SMALL_JVM}\nspark.driver.extraJavaOptions {SMALL_JVM}"
    common = {"Executor memory": 512, "Spark defaults": options}
    return _leader_and_workers("spark", "4.3.0", "master", count, {"service:Spark": values}, {"service:Spark": common})


def _leader_and_workers(
    plugin: str, version: str, leader: str, count: int, node_configs: dict[str, Any], cluster_configs: dict[str, Any]
) -> dict[str, Any]:
    workers = {"name": "workers", "count": count, "node_processes": ["worker"], "node_configs": node_configs}
    return {
        "name": "demo",
        "plugin_name": plugin,
        "hadoop_version": version,
        "auxiliary_plugins": ["upholstery"],
        "infrastructure": {"provider": "counted"},
        "cluster_configs": cluster_configs,
        "node_groups": [{"name": leader, "count": 1, "node_processes": [leader]}, workers],
    }


SLEEPERS = Kind("a cluster of sleeping processes", "beds", 2, 4, _sleepers)
DASK = Kind("a Dask cluster", "workers", 1, 2, _dask)
SPARK = Kind("a Spark cluster", "workers", 1, 2, _spark)


ACTS = ("create", "scale up", "scale down", "reconfigure", "delete")
BOTH_AT_ONCE = ("create", "reshape up", "reshape down", "delete")
"""With values and counts changed by one document."""


def ordered(life: Life, kind: Kind, act: str) -> Order:
    """One of the acts of a cluster's life, with what it asks for."""
    document = kind.document(kind.small, False)
    match act:
        case "scale up":
            return life.order("scale", document, counts={kind.group: kind.large})
        case "scale down":
            return life.order("scale", document, counts={kind.group: kind.small})
        case "reconfigure":
            return life.order("apply", kind.document(kind.small, True))
        case "reshape up":
            return life.order("apply", kind.document(kind.large, True))
        case "replace":
            (group,) = [each for each in document["node_groups"] if each["name"] == kind.group]
            group.setdefault("node_configs", {})["general"] = {"Mattress": 2}
            return life.order("apply", document)
        case "go back" | "replace again" | "reshape down":
            return life.order("apply", document)
        case _:
            return life.order(act, document)
