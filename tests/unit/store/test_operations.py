"""Operations and their journal in the store."""

from datetime import UTC, datetime, timedelta

import pytest
from kept_clusters import add_cluster, remove_cluster

from serai.engine.store.held import HeldStore
from serai.engine.store.records import JournalEntry, OperationStatus
from serai.hookspec.errors import ClusterBusy, NotFound, SeraiError
from serai.hookspec.secrets import Secret

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def with_cluster(store, make_cluster):
    """A store that holds the cluster."""
    add_cluster(store, make_cluster())
    return store


def test_an_operation_comes_back_equal(with_cluster, make_operation):
    """Every field is kept; a time comes back in UTC."""
    record = make_operation(
        status=OperationStatus.RUNNING,
        phase="Spawning",
        request={"workers": 3, "nested": [{"a": None}]},
        state={"machines": ["m-1"]},
        error={"code": "TIMEOUT"},
        owner="host:1:2",
        created_at=NOW,
        started_at=NOW + timedelta(seconds=1.5),
        finished_at=NOW + timedelta(hours=1),
    )
    with_cluster.begin_operation(record)
    assert with_cluster.operation("op-1") == record


def test_an_operation_may_bring_its_cluster(store, make_cluster, make_operation):
    """A create stores both at once."""
    store.begin_operation(make_operation(), make_cluster())
    assert store.cluster("demo").id == store.operation("op-1").cluster_id


def test_a_refused_operation_leaves_no_cluster(with_cluster, make_cluster, make_operation):
    """Both are stored, or neither is."""
    with_cluster.begin_operation(make_operation("taken"))
    with pytest.raises(SeraiError):
        with_cluster.begin_operation(make_operation("taken", cluster_id="new"), make_cluster("other", id="new"))
    assert [cluster.name for cluster in with_cluster.clusters()] == ["demo"]


def test_a_new_cluster_of_a_taken_name_is_refused(with_cluster, make_cluster, make_operation):
    """The name is what is wrong, and no operation is left."""
    with pytest.raises(SeraiError) as refused:
        with_cluster.begin_operation(make_operation(), make_cluster(id="another"))
    assert refused.value.code == "NAME_ALREADY_EXISTS"
    assert with_cluster.operations() == []


def test_a_second_operation_is_told_of_the_first(with_cluster, make_operation):
    """The error names the other operation, what it does, who runs it and since when."""
    with_cluster.begin_operation(make_operation(kind="scale", owner="host:1:2", started_at=NOW))
    with pytest.raises(ClusterBusy) as refused:
        with_cluster.begin_operation(make_operation("op-2"))
    for fact in ("op-1", "scale", "process 1 on host", "2026-01-02 03:04:05"):
        assert fact in str(refused.value)
    assert refused.value.details["operation"] == "op-1"


@pytest.mark.parametrize("status", [status for status in OperationStatus if status.is_final])
def test_an_ended_operation_frees_its_cluster(with_cluster, make_operation, end, status):
    """However it ended."""
    end(with_cluster, with_cluster.begin_operation(make_operation()), status)
    with_cluster.begin_operation(make_operation("op-2"))
    assert with_cluster.operation("op-2").status is OperationStatus.PENDING


def test_operations_of_two_clusters_do_not_meet(with_cluster, make_cluster, make_operation):
    """Each cluster has its own."""
    with_cluster.begin_operation(make_operation())
    with_cluster.begin_operation(
        make_operation("op-2", cluster_id="id-of-other", cluster_name="other"), make_cluster("other")
    )
    assert len(with_cluster.operations(unfinished=True)) == 2


def test_an_operation_on_a_cluster_that_is_gone_is_refused(store, make_operation):
    """Between reading a cluster and beginning, another may have deleted it."""
    with pytest.raises(NotFound) as missing:
        store.begin_operation(make_operation())
    assert missing.value.code == "CLUSTER_NOT_FOUND"


def test_an_unknown_operation_is_not_found(with_cluster):
    """Neither to be looked at nor to be taken up."""
    for ask in (with_cluster.operation, lambda name: with_cluster.take_operation(name, "me")):
        with pytest.raises(NotFound) as missing:
            ask("op-9")
        assert missing.value.code == "OPERATION_NOT_FOUND"


def test_operations_can_be_chosen(with_cluster, make_cluster, make_operation, end):
    """By cluster, by whether they have ended; the oldest comes first."""
    end(with_cluster, with_cluster.begin_operation(make_operation("b", created_at=NOW)))
    with_cluster.begin_operation(make_operation("a", created_at=NOW + timedelta(seconds=1)))
    with_cluster.begin_operation(
        make_operation("c", cluster_id="id-of-x", cluster_name="x", created_at=NOW), make_cluster("x")
    )
    assert [record.id for record in with_cluster.operations("demo")] == ["b", "a"]
    assert [record.id for record in with_cluster.operations("demo", unfinished=True)] == ["a"]
    assert {record.id for record in with_cluster.operations()} == {"a", "b", "c"}


def test_operations_outlive_their_cluster(with_cluster, make_operation):
    """History is read by the cluster's name."""
    with_cluster.begin_operation(make_operation(kind="terminate"))
    remove_cluster(with_cluster, "id-of-demo")
    assert [record.kind for record in with_cluster.operations("demo")] == ["terminate"]


def test_secrets_in_an_operation_come_back(with_cluster, make_operation):
    """Request and state may hold secrets: they are sealed in between."""
    record = make_operation(request={"password": Secret("hunter2")}, state={"keys": [Secret("k")]})
    with_cluster.begin_operation(record)
    found = with_cluster.operation("op-1")
    assert (found.request["password"].reveal(), found.state["keys"][0].reveal()) == ("hunter2", "k")


def test_an_error_that_is_not_json_is_kept_as_text(with_cluster, make_operation, end):
    """How an operation failed is kept, whatever a plugin put into its error; a secret is masked."""
    error = {"details": {"path": NOW, "password": Secret("hunter2")}}
    end(with_cluster, with_cluster.begin_operation(make_operation()), OperationStatus.FAILED, error=error)
    assert with_cluster.operation("op-1").error == {"details": {"path": str(NOW), "password": "******"}}


def test_a_time_without_zone_is_refused(with_cluster, make_operation):
    """Nobody could tell later what it meant."""
    with pytest.raises(SeraiError, match="names no time zone"):
        with_cluster.begin_operation(make_operation(created_at=datetime(2026, 1, 1)))


def test_the_journal_is_numbered_within_its_operation(with_cluster, make_cluster, make_operation):
    """Lines of one operation are numbered from 1, whatever another writes between them."""
    one = HeldStore(with_cluster, with_cluster.begin_operation(make_operation(owner="me")))
    other = make_operation("op-2", cluster_id="id-of-x", cluster_name="x")
    two = HeldStore(with_cluster, with_cluster.begin_operation(other, make_cluster("x")))
    for held, outcome in ((one, "started"), (two, "started"), (one, "succeeded")):
        held.journal(JournalEntry(held.lease.operation_id, "Spawning", 1, outcome, NOW, detail={"n": 1}))
    lines = with_cluster.journal_of("op-1")
    assert [(line.sequence, line.outcome) for line in lines] == [(1, "started"), (2, "succeeded")]
    assert lines[0] == JournalEntry("op-1", "Spawning", 1, "started", NOW, detail={"n": 1}, owner="me", sequence=1)


def test_operations_are_told_in_the_order_they_were_stored(with_cluster, make_operation, end):
    """Whatever the clocks said: engines on several machines have several, and one may be set back."""
    for number, hour in enumerate([12, 9, 23, 1]):
        created = make_operation(f"op-{3 - number}", created_at=NOW + timedelta(hours=hour))
        end(with_cluster, with_cluster.begin_operation(created))
    with_cluster.begin_operation(make_operation("last", created_at=NOW))
    assert [record.id for record in with_cluster.operations("demo")] == ["op-3", "op-2", "op-1", "op-0", "last"]
    assert [record.id for record in with_cluster.operations(unfinished=True)] == ["last"]
