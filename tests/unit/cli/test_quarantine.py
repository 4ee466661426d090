"""Machines that a cluster does without, as they are shown."""

from datetime import UTC, datetime

import pytest

from serai.engine.cli import cluster_views
from serai.engine.cli.complaints import complaint
from serai.engine.cli.documents import document_of
from serai.engine.cli.lines import line
from serai.engine.cli.plain import plain
from serai.engine.operations.readiness import readiness
from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.errors import HostsFailed, RemoteError
from serai.hookspec.listening import Event, EventKind

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def cluster() -> Cluster:
    """One of four workers is quarantined."""
    workers = [
        Instance(instance_name=f"demo-workers-{number}", internal_ip=f"10.0.0.{number}") for number in range(1, 5)
    ]
    group = NodeGroup("workers", 4, ["worker"], min_ready=3, instances=workers)
    cluster = Cluster("demo", "camp", "2", [group], status=ClusterStatus.ACTIVE, created_at=NOW)
    group.quarantine(workers[1], "[TIMEOUT] not done within 5 s")
    cluster.status_reason = readiness(cluster)
    return cluster


def test_the_list_names_the_one_that_is_missing(cluster: Cluster) -> None:
    """Beside how many there are, of how many."""
    assert "3/4, demo-workers-2 quarantined" in plain([cluster_views.listing([cluster], NOW)])


def test_the_list_counts_several(cluster: Cluster) -> None:
    """Their names would fill it."""
    group = cluster.node_groups[0]
    group.quarantine(group.instances[0], "[X] y")
    assert "2/4, 2 quarantined" in plain([cluster_views.listing([cluster], NOW)])


def test_the_overview_tells_each_with_its_fault_and_what_to_do(cluster: Cluster) -> None:
    """Apart from the instances that are in use."""
    told = plain(cluster_views.overview(cluster, [], False, NOW))
    assert "3/4 ready, demo-workers-2 quarantined: [TIMEOUT] not done within 5 s" in told
    instances, _, quarantined = told.partition("\nQuarantined\n")
    assert "demo-workers-1" in instances.partition("\nInstances\n")[2]
    assert "demo-workers-2" not in instances.partition("\nInstances\n")[2]
    assert "demo-workers-2  workers  10.0.0.2  [TIMEOUT] not done within 5 s" in quarantined
    assert quarantined.endswith("serai scale demo workers=4")


def test_the_summary_of_an_operation_says_what_the_cluster_does_without(cluster: Cluster) -> None:
    """In its first line."""
    told = plain(cluster_views.summary(cluster)).splitlines()
    assert told[0] == "demo is Active: 3/4 ready, demo-workers-2 quarantined: [TIMEOUT] not done within 5 s"


def test_json_has_the_fault_with_the_machine(cluster: Cluster) -> None:
    """In its node group, and in words as the reason."""
    document = document_of(cluster)
    (group,) = document["node_groups"]
    assert [(each["instance_name"], each["fault"]) for each in group["quarantined"]] == [
        ("demo-workers-2", "[TIMEOUT] not done within 5 s")
    ]
    assert document["status_reason"].startswith("3/4 ready")


def test_of_a_thousand_failures_the_first_are_told() -> None:
    """Some in full, some in short; the others are counted."""
    failures = {f"demo-w-{number}": RemoteError("no", host=f"demo-w-{number}", hint="ask") for number in range(1, 1001)}
    lines = complaint(HostsFailed("look", failures).to_dict()).splitlines()
    assert lines[:3] == ["look failed on 1000 hosts  [HOSTS_FAILED]", "  demo-w-1: no  [REMOTE_ERROR]", "    hint: ask"]
    assert lines[-3:] == [
        "  demo-w-10: no  [REMOTE_ERROR]",
        "  and 990 more",
        "  (7 of them in short; --json has everything)",
    ]


def test_a_step_on_many_hosts_says_on_how_many() -> None:
    """In plain lines, where nothing counts them later."""
    event = Event(EventKind.STEP_STARTED, "demo", "1", NOW, "start", "go", data={"hosts": ["a", "b", "c"]})
    assert line(event, UTC) == "00:00:00 start  go  started on 3 hosts"
