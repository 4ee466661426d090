"""What who acts for an operation writes, and what is refused to who does so no more."""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from kept_clusters import cluster_documents, remove_cluster

from serai.engine.store.held import HeldStore
from serai.engine.store.records import JournalEntry, OperationStatus
from serai.engine.store.store import Store
from serai.hookspec.access import Claim
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.errors import LeaseLost, NotFound

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LINE = JournalEntry("op-1", "spawn", 1, "started", NOW)
CLAIM = Claim("host-1", "id-of-demo", "demo", "token-1", NOW)
JOB = JobExecution("job-1", "demo", JobSpec("Spark", main="pi.py"), created_at=NOW)


@pytest.fixture
def held(store, make_cluster, make_operation):
    """An operation on a cluster, held by one engine."""
    return HeldStore(store, store.begin_operation(make_operation(owner="one"), make_cluster()))


@pytest.fixture
def lost(store, held):
    """The same, after another engine took it."""
    store.take_operation("op-1", "two", is_gone=lambda _: True)
    return held


WRITES = {
    "save": lambda held, event: held.save(held.operation("op-1"), held.cluster("demo"), LINE),
    "end": lambda held, event: held.end(held.operation("op-1"), event, forget=True),
    "journal": lambda held, event: held.journal(LINE),
    "renew": lambda held, event: held.renew(30),
    "let_go": lambda held, event: held.let_go(),
    "begin_operation": lambda held, event: held.begin_operation(evolve(held.operation("op-1"), id="op-2")),
    "take_operation": lambda held, event: held.take_operation("op-1", "one", is_gone=lambda _: True),
    "ask_to_stop": lambda held, event: held.ask_to_stop("op-1"),
    "renew_leases": lambda held, event: held.renew_leases([held.lease]),
    "add_event": lambda held, event: held.add_event(event),
    "add_events": lambda held, event: held.add_events([event]),
    "save_job": lambda held, event: held.save_job(JOB),
    "take_claim": lambda held, event: held.take_claim("ssh", CLAIM),
    "release_claim": lambda held, event: held.release_claim("ssh", "host-1"),
}
READS = {
    *("cluster", "clusters", "operation", "operations", "journal_of", "free_operations", "asked_to_stop"),
    *("events", "job", "jobs", "claims", "open", "close"),
}


def test_every_call_is_known_to_read_or_to_write():
    """A new one is added to one of the lists, and so to the test below."""
    assert {name for name in dir(HeldStore) if not name.startswith("_")} == {*WRITES, *READS}


def everything(store: Store):
    """All that a store holds."""
    kept = (cluster_documents(store), store.operations(), store.events(), store.jobs(), store.claims("ssh"))
    return (*kept, store.journal_of("op-1"), store.free_operations())


@pytest.mark.parametrize("write", WRITES)
def test_who_lost_its_lease_writes_nothing(store, lost, make_event, write):
    """It is told who goes on, and everything is as it was."""
    before = everything(store)
    with pytest.raises(LeaseLost, match="two goes on with it") as refused:
        WRITES[write](lost, make_event())
    assert (refused.value.code, refused.value.details["owner"]) == ("LEASE_LOST", "two")
    assert everything(store) == before


@pytest.mark.parametrize("write", WRITES)
def test_who_ended_an_operation_writes_nothing_for_it_any_more(store, held, make_event, write):
    """Threads that were left behind do not change what was said last."""
    held.end(evolve(store.operation("op-1"), status=OperationStatus.CANCELLED), make_event())
    before = everything(store)
    with pytest.raises(LeaseLost, match="it has ended"):
        WRITES[write](held, make_event())
    assert everything(store) == before


def test_a_loss_is_told_once_it_is_noticed(store, make_cluster, make_operation):
    """So that all else that goes on for the operation can be stopped."""
    heard = []
    lease = store.begin_operation(make_operation(), make_cluster())
    held = HeldStore(store, lease, on_lost=heard.append)
    store.take_operation("op-1", "two", is_gone=lambda _: True)
    with pytest.raises(LeaseLost):
        held.journal(LINE)
    assert [error.code for error in heard] == ["LEASE_LOST"]


def test_operation_cluster_and_journal_are_saved_together(store, held):
    """All of them as they now are."""
    cluster = store.cluster("demo")
    cluster.status = ClusterStatus.SPAWNING
    held.save(evolve(store.operation("op-1"), phase="spawn", state={"n": 1}), cluster, LINE)
    assert store.cluster("demo").status is ClusterStatus.SPAWNING
    assert (store.operation("op-1").phase, store.operation("op-1").state) == ("spawn", {"n": 1})
    assert store.journal_of("op-1") == [evolve(LINE, owner="one", sequence=1)]


def test_what_cannot_be_saved_whole_is_not_saved(store, held):
    """The cluster is gone: neither operation nor journal say otherwise."""
    cluster = store.cluster("demo")
    remove_cluster(store, cluster.id)
    with pytest.raises(NotFound):
        held.save(evolve(store.operation("op-1"), phase="spawn"), cluster, LINE)
    assert (store.operation("op-1").phase, store.journal_of("op-1")) == ("", [])


def test_an_operation_ends_with_its_last_event(store, held, make_event):
    """In one step: its end, the cluster's, the journal's last line, and what followers are told."""
    record = evolve(store.operation("op-1"), status=OperationStatus.SUCCEEDED, finished_at=NOW)
    told = held.end(record, make_event(message="done"), line=LINE, forget=True)
    assert store.operation("op-1").status is OperationStatus.SUCCEEDED
    assert (store.clusters(), [line.outcome for line in store.journal_of("op-1")]) == ([], ["started"])
    assert store.events() == [told]


def test_who_holds_an_operation_signs_what_it_writes(store, held):
    """Whatever the record says: a stale copy gives nobody's operation to somebody else."""
    held.save(evolve(store.operation("op-1"), owner="somebody", attempt=7), line=evolve(LINE, owner="x", token=9))
    assert (store.operation("op-1").owner, store.operation("op-1").attempt) == ("one", 1)
    assert [(line.owner, line.token) for line in store.journal_of("op-1")] == [("one", 1)]
