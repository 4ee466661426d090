"""Clusters, their events and their health, as they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text
from serai.engine.cli.durations import age, duration
from serai.engine.cli.failure_views import failure
from serai.hookspec.cluster import Cluster, ClusterStatus

if TYPE_CHECKING:
    from serai.engine.health import HealthReport
    from serai.engine.store.records import OperationRecord


def listing(clusters: Sequence[Cluster], now: datetime) -> Table:
    """All clusters, one a row."""
    rows = [
        (
            cluster.name,
            cluster.plugin_name,
            cluster.hadoop_version,
            cluster.status.value,
            _instances_told(cluster),
            age(cluster.created_at, now),
        )
        for cluster in clusters
    ]
    columns = ("name", "plugin", "version", "status", "instances", "age")
    return Table(columns, rows, empty="no clusters; make one with: serai up FILE")


def overview(
    cluster: Cluster, operations: "Sequence[OperationRecord]", interrupted: bool, now: datetime
) -> Iterator[Block]:
    """One cluster: what it is, its groups, its instances, what it publishes, its last operation."""
    yield Fields(_fields(cluster, now))
    yield Heading("Node groups")
    yield _groups(cluster)
    yield from instances(cluster)
    if operations:
        yield from _operation(operations[-1])
    if interrupted:
        yield Text("The engine that ran it ended, or is away.")
        yield Heading("Next")
        yield Fields([("go on", f"serai resume {cluster.name}"), ("remove", f"serai down {cluster.name}")])
    elif cluster.status is ClusterStatus.ERROR:
        yield Heading("Next")
        yield Fields(
            [
                ("go on", f"serai retry {cluster.name}"),
                ("remove", f"serai down {cluster.name}"),
                ("find out", f"serai diagnose {cluster.name}"),
            ]
        )


def summary(cluster: Cluster) -> Iterator[Block]:
    """What one wants to know when an operation on a cluster has ended well."""
    yield Text(f"{cluster.name} is {cluster.status}{f': {cluster.status_reason}' if cluster.status_reason else ''}")
    yield from instances(cluster)


def instances(cluster: Cluster) -> Iterator[Block]:
    """The instances, those the cluster does without, and what the plugin publishes."""
    if cluster.instances:
        yield Heading("Instances")
        yield Table(
            ("name", "group", "address", "processes"),
            [
                (each.instance_name, each.node_group.name, _addresses(each.internal_ip, each.management_ip), processes)
                for each in cluster.instances
                for processes in [", ".join(each.node_group.node_processes)]
            ],
        )
    yield from _quarantined(cluster)
    if cluster.info:
        yield Heading("Information")
        yield Fields(list(_info(cluster.info)))


def health(report: "HealthReport") -> Iterator[Block]:
    """A health report, the worst first."""
    yield Text(f"{report.cluster} is {report.color}")
    yield Table(
        ("health", "check", "reason", "time"),
        [(check.color.value, check.name, check.reason, duration(check.seconds)) for check in report.checks],
        empty="nothing was checked",
    )


def _fields(cluster: Cluster, now: datetime) -> Iterator[tuple[str, str]]:
    yield "name", cluster.name
    yield "status", cluster.status.value
    if cluster.status_reason and cluster.status is not ClusterStatus.ERROR:
        yield "reason", cluster.status_reason  # that of an error is told in full with the operation that failed
    yield "plugin", f"{cluster.plugin_name} {cluster.hadoop_version}"
    if cluster.auxiliary_plugins:
        yield "with", ", ".join(cluster.auxiliary_plugins)
    yield "infrastructure", str(cluster.infrastructure.get("provider", ""))
    if cluster.description:
        yield "description", cluster.description
    if cluster.is_protected:
        yield "protected", "yes"
    if cluster.created_at:
        yield "created", f"{cluster.created_at:%Y-%m-%d %H:%M:%S} UTC ({age(cluster.created_at, now)} ago)"


def _groups(cluster: Cluster) -> Table:
    rows = [
        (group.name, f"{len(group.instances)}/{group.count}", ", ".join(group.node_processes))
        for group in cluster.node_groups
    ]
    return Table(("name", "instances", "processes"), rows)


def _operation(record: "OperationRecord") -> Iterator[Block]:
    yield Heading("Last operation")
    took = ""
    if record.started_at and record.finished_at:
        took = duration((record.finished_at - record.started_at).total_seconds())
    phase = record.phase if record.error or not record.status.is_final else ""
    items = (("kind", record.kind), ("id", record.id), ("status", str(record.status)), ("phase", phase), ("took", took))
    yield Fields([(label, value) for label, value in items if value])
    if record.error:
        yield from failure(record.error)


def _instances_told(cluster: Cluster) -> str:
    """How many there are, how many there should be where that differs, and which one the cluster does without."""
    wanted = sum(group.count for group in cluster.node_groups)
    present = len(cluster.instances)
    told = str(present) if present == wanted else f"{present}/{wanted}"
    match cluster.quarantined:
        case []:
            return told
        case [instance]:
            return f"{told}, {instance.instance_name} quarantined"
        case quarantined:
            return f"{told}, {len(quarantined)} quarantined"


def _quarantined(cluster: Cluster) -> Iterator[Block]:
    if cluster.quarantined:
        yield Heading("Quarantined")
        rows = [
            (each.instance_name, each.node_group.name, _addresses(each.internal_ip, each.management_ip), each.fault)
            for each in cluster.quarantined
        ]
        yield Table(("name", "group", "address", "fault"), rows)
        groups = " ".join(f"{group.name}={group.count}" for group in cluster.node_groups if group.quarantined)
        yield Text(f"give them back and get others: serai scale {cluster.name} {groups}")


def _addresses(internal: str, management: str) -> str:
    return internal if management in ("", internal) else f"{internal} ({management})"


def _info(info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """``{"Spark": {"Web UI": url}}`` as ("Spark Web UI", url)."""
    for name, value in info.items():
        if isinstance(value, Mapping):
            yield from ((f"{name} {label}", text) for label, text in _info(value))
        else:
            yield name, str(value)
