"""The store keeps what it is given, and keeps operations apart, whatever is asked of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from attrs import evolve
from example_counts import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from kept_clusters import add_cluster, cluster_documents, remove_cluster, save_cluster

from serai.engine.store.held import HeldStore
from serai.engine.store.records import JournalEntry, OperationRecord, OperationStatus
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.configs import Recommendation
from serai.hookspec.errors import ClusterBusy, NotFound, SeraiError
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.secrets import Secret

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "the secret of them all"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
secrets = st.just(Secret(SECRET)) | words.map(Secret)
config_values = st.dictionaries(words, st.dictionaries(words, scalars | secrets, max_size=3), max_size=3)
extras = st.dictionaries(words, json_values | secrets, max_size=3)
moments = st.datetimes(timezones=st.sampled_from([UTC]))
instances = st.builds(Instance, words, words, words, words, st.lists(words, max_size=2), extras)
node_groups = st.builds(
    NodeGroup,
    name=words,
    count=st.integers(0, 10),
    node_processes=st.lists(words, max_size=3),
    node_configs=config_values,
    min_ready=st.none() | st.integers(0, 10),
    extra=extras,
    instances=st.lists(instances, max_size=2),
)
clusters = st.builds(
    Cluster,
    name=words,
    plugin_name=words,
    hadoop_version=words,
    node_groups=st.lists(node_groups, max_size=3),
    cluster_configs=config_values,
    auxiliary_plugins=st.lists(words, max_size=2),
    infrastructure=extras,
    info=st.dictionaries(words, json_values, max_size=3),
    extra=extras,
    is_transient=st.booleans(),
    recommendations=st.lists(st.builds(Recommendation, words, words, scalars, st.none() | words, words), max_size=2),
    status=st.sampled_from(ClusterStatus),
    status_reason=lines,
)
events = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    cluster=lines,
    operation=lines,
    time=moments,
    phase=lines,
    step=lines,
    host=lines,
    message=lines,
    data=st.dictionaries(words, json_values, max_size=3),
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all examples: each removes its clusters, and looks only at events of its own."""
    with Store.open(clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as opened:
        yield opened


def added(store: Store, given_clusters: list[Cluster]) -> None:
    """Have exactly these clusters in the store."""
    for cluster in store.clusters():
        remove_cluster(store, cluster.id)
    for cluster in given_clusters:
        add_cluster(store, cluster)


@given(given_clusters=st.lists(clusters, max_size=3, unique_by=lambda cluster: cluster.name))
@at_most(40)
def test_clusters_come_back_equal(store: Store, given_clusters: list[Cluster]) -> None:
    """All of each, secrets included; and no secret is in what was stored."""
    added(store, given_clusters)
    assert store.clusters() == sorted(given_clusters, key=lambda cluster: cluster.name)
    assert SECRET not in repr(cluster_documents(store))


@given(cluster=clusters)
@at_most(40)
def test_saving_what_was_read_changes_nothing(store: Store, cluster: Cluster) -> None:
    """Byte for byte."""
    added(store, [cluster])
    before = cluster_documents(store)
    save_cluster(store, store.cluster(cluster.name))
    assert cluster_documents(store) == before


@given(given_events=st.lists(events, max_size=5))
@at_most(40)
def test_events_come_back_equal_and_in_order(store: Store, given_events: list[Event]) -> None:
    """With rising sequences; and following from any of them gives the rest."""
    last = max((event.sequence for event in store.events()), default=0)
    stored = [store.add_event(event) for event in given_events]
    assert [evolve(event, sequence=0) for event in stored] == given_events
    assert store.events(after=last) == stored
    for index, event in enumerate(stored):
        assert store.events(after=event.sequence) == stored[index + 1 :]


@given(request_=extras, state=extras, now=moments, detail=st.dictionaries(words, json_values, max_size=3))
@at_most(40)
def test_operations_and_their_journal_come_back_equal(
    store: Store, request_: dict[str, Any], state: dict[str, Any], now: datetime, detail: dict[str, Any]
) -> None:
    """With the secrets in them."""
    added(store, [])
    record = OperationRecord(uuid4().hex, "c", "demo", "create", request=request_, state=state, created_at=now)
    held = HeldStore(store, store.begin_operation(record, Cluster("demo", "spark", "4", id="c")))
    line = held.journal(JournalEntry(record.id, "Spawning", 1, "started", now, detail=detail))
    assert store.operation(record.id) == record
    assert store.journal_of(record.id) == [line]
    held.end(evolve(record, status=OperationStatus.SUCCEEDED), Event(EventKind.WARNING, "demo", record.id, now))


names = st.sampled_from(["a", "b"])


class StoreMachine(RuleBasedStateMachine):
    """Any sequence of calls, against two dictionaries that do the same."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store.open()
        self.clusters: dict[str, str] = {}
        self.running: dict[str, HeldStore] = {}
        self.began: list[str] = []

    @rule(name=names)
    def begin_with_new_cluster(self, name: str) -> None:
        number = len(self.began)
        record = OperationRecord(f"op-{number}", f"{name}-{number}", name, "create")
        refusal = self._begin(record, Cluster(name, "spark", "4", id=record.cluster_id))
        if name in self.clusters:
            assert refusal is SeraiError
        else:
            assert refusal is None
            self.clusters[name] = record.cluster_id

    @rule(name=names)
    def begin_on_cluster(self, name: str) -> None:
        record = OperationRecord(f"op-{len(self.began)}", self.clusters.get(name, "none"), name, "scale")
        busy = set(self.running)
        refusal = self._begin(record)
        if name not in self.clusters:
            assert refusal is NotFound
        elif self.clusters[name] in busy:
            assert refusal is ClusterBusy
        else:
            assert refusal is None

    def _begin(self, record: OperationRecord, cluster: Cluster | None = None) -> type[SeraiError] | None:
        """Begin an operation, and tell how it was refused."""
        try:
            lease = self.store.begin_operation(record, cluster)
        except SeraiError as error:
            return type(error)
        self.running[record.cluster_id] = HeldStore(self.store, lease)
        self.began.append(record.id)
        return None

    @rule(name=names, status=st.sampled_from(OperationStatus))
    def go_on(self, name: str, status: OperationStatus) -> None:
        cluster_id = self.clusters.get(name, "")
        if cluster_id not in self.running:
            return
        held = self.running[cluster_id]
        record = evolve(self.store.operation(held.lease.operation_id), status=status)
        if status.is_final:
            held.end(record, Event(EventKind.WARNING, name, record.id, NOW))
            del self.running[cluster_id]
        else:
            held.save(record)

    @rule(name=names)
    def remove(self, name: str) -> None:
        remove_cluster(self.store, self.clusters.pop(name, "none"))

    @invariant()
    def agrees(self) -> None:
        assert {cluster.name: cluster.id for cluster in self.store.clusters()} == self.clusters
        unfinished = {record.cluster_id: record.id for record in self.store.operations(unfinished=True)}
        assert unfinished == {cluster: held.lease.operation_id for cluster, held in self.running.items()}
        assert {record.id for record in self.store.operations()} == set(self.began)

    def teardown(self) -> None:
        self.store.close()


StoreMachine.TestCase.settings = settings(at_most(15), stateful_step_count=15)
TestStore = StoreMachine.TestCase
