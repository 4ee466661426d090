"""Two engines on one store that crash and stall as they like: no two owners act at once, no operation is lost."""

import tempfile
from datetime import UTC, datetime

import pytest
from attrs import define, evolve, field
from example_counts import at_most
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from kept_clusters import add_cluster

from serai.engine.operations.lease import HeldLease
from serai.engine.store.clocks import Tick
from serai.engine.store.records import JournalEntry, Lease, OperationRecord, OperationStatus
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import ClusterBusy, LeaseLost, WrongStatus
from serai.hookspec.listening import Event, EventKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = 30.0
STEPS = 3
"""How many steps an operation has."""

CLUSTERS = ["a", "b"]
ENGINES = [0, 1]
clusters, engines = st.sampled_from(CLUSTERS), st.sampled_from(ENGINES)
moments = st.sampled_from([LEASE / 2, LEASE - 1, LEASE])


@define(eq=False)
class Engine:
    """One engine: a store of its own on the shared file, and what it believes that it holds."""

    name: str
    store: Store
    held: dict[str, HeldLease] = field(factory=dict)


@define
class Truth:
    """What an operation must be, by the model."""

    owner: str
    token: int
    expires: float
    steps: int = 0
    ended: bool = False


class LeaseMachine(RuleBasedStateMachine):
    """Engines begin, step, end, die and take up operations; a model says who may.

    One that is asked for nothing for a while is paused; one whose heart does not beat has stalled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1000.0
        self.directory = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.directory.name}/serai.db"
        self.born = 0
        self.dead: set[str] = set()
        self.engines = [self._new_engine() for _ in ENGINES]
        self.truth: dict[str, Truth] = {}
        self.busy: dict[str, str] = {}
        for name in CLUSTERS:
            add_cluster(self.engines[0].store, Cluster(name, "spark", "4", id=name))

    def _new_engine(self) -> Engine:
        self.born += 1
        store = Store.open(self.url, ticks=lambda: Tick("fake", self.seconds))
        return Engine(f"engine-{self.born}", store)

    def _hold(self, engine: Engine, lease: Lease) -> None:
        now = self.seconds
        engine.held[lease.operation_id] = HeldLease(
            lease, engine.store, seconds=LEASE, outage=0, asked_at=now, now=lambda: self.seconds
        )

    # What time and fate do

    @rule(seconds=moments)
    def time_passes(self, seconds: float) -> None:
        self.seconds += seconds

    @rule(which=engines)
    def crash(self, which: int) -> None:
        """The process is killed, and another one comes in its place."""
        self.dead.add(self.engines[which].name)
        self.engines[which].store.close()
        self.engines[which] = self._new_engine()

    # What engines do

    @rule(which=engines)
    def beat(self, which: int) -> None:
        engine = self.engines[which]
        if not engine.held:
            return
        mine = {held.lease: held for held in engine.held.values()}
        kept = engine.store.renew_leases(list(mine), seconds=LEASE)
        for lease, held in mine.items():
            truth = self.truth[lease.operation_id]
            assert (lease in kept) == self._is_owner(engine, held)
            if lease in kept:
                held.renewed(self.seconds)
                truth.expires = self.seconds + LEASE

    @rule(which=engines, cluster=clusters)
    def begin(self, which: int, cluster: str) -> None:
        engine = self.engines[which]
        record = OperationRecord(f"op-{len(self.truth)}", cluster, cluster, "scale", owner=engine.name)
        try:
            lease = engine.store.begin_operation(record, seconds=LEASE)
        except ClusterBusy:
            assert cluster in self.busy
            return
        assert cluster not in self.busy
        self.busy[cluster] = record.id
        self.truth[record.id] = Truth(engine.name, 1, self.seconds + LEASE)
        self._hold(engine, lease)

    @rule(which=engines, knows_the_dead=st.booleans())
    def take_up(self, which: int, knows_the_dead: bool) -> None:
        """Go on with all that is free; the dead are seen by those who are on the same machine."""
        engine = self.engines[which]

        def is_gone(name: str) -> bool:
            return knows_the_dead and name in self.dead

        free = {
            operation
            for operation in self.busy.values()
            if self.truth[operation].expires <= self.seconds or is_gone(self.truth[operation].owner)
        }
        assert set(engine.store.free_operations(is_gone)) == free
        for operation in free:
            record, lease = engine.store.take_operation(operation, engine.name, is_gone=is_gone, seconds=LEASE)
            truth = self.truth[operation]
            assert record.attempt == lease.token == truth.token + 1
            assert record.state.get("steps", 0) == truth.steps  # it goes on where the other one stopped
            truth.owner, truth.token, truth.expires = engine.name, lease.token, self.seconds + LEASE
            self._hold(engine, lease)

    @rule(which=engines, cluster=clusters, seconds=moments, blindly=st.booleans())
    def stall(self, which: int, cluster: str, seconds: float, blindly: bool) -> None:
        """An engine stalls while the other one looks for what is free, and goes on as if nothing had been."""
        self.begin(which, cluster)
        self.time_passes(seconds)
        self.take_up(1 - which, knows_the_dead=False)
        self.step(which, cluster, blindly)

    @rule(which=engines, cluster=clusters, blindly=st.booleans())
    def step(self, which: int, cluster: str, blindly: bool = False) -> None:
        """Do something for the operation on a cluster, as each engine that believes it holds it would.

        Blindly: it was paused between its check and its write.
        """
        engine = self.engines[which]
        for operation, held in list(engine.held.items()):
            if self._cluster_of(operation) == cluster and (blindly or self._acts(engine, operation, held)):
                self._write(engine, operation, held)

    def _acts(self, engine: Engine, operation: str, held: HeldLease) -> bool:
        """Check as an engine does before it does anything on a machine."""
        may = self._is_owner(engine, held)
        try:
            held.check()
        except LeaseLost:
            assert not may
            del engine.held[operation]
            return False
        assert may
        self.truth[operation].expires = held._asked_at + LEASE  # one in doubt was renewed
        return True

    def _write(self, engine: Engine, operation: str, held: HeldLease) -> None:
        may, truth = self._is_owner(engine, held), self.truth[operation]
        record = evolve(engine.store.operation(operation), status=OperationStatus.RUNNING)
        record.state = {"steps": record.state.get("steps", 0) + 1}
        line = JournalEntry(operation, "work", truth.token, "started", NOW)
        try:
            if record.state["steps"] < STEPS:
                held.store.save(record, line=line)
            else:
                record.status = OperationStatus.SUCCEEDED
                held.store.end(record, Event(EventKind.OPERATION_SUCCEEDED, "x", operation, NOW), line=line)
        except LeaseLost:
            assert not may
            del engine.held[operation]
            return
        assert may
        truth.steps += 1
        if record.status.is_final:
            truth.ended = True
            del self.busy[self._cluster_of(operation)], engine.held[operation]

    def _is_owner(self, engine: Engine, held: HeldLease) -> bool:
        truth = self.truth[held.lease.operation_id]
        return not truth.ended and (truth.owner, truth.token) == (engine.name, held.lease.token)

    def _cluster_of(self, operation: str) -> str:
        return self.engines[0].store.operation(operation).cluster_name

    # What always holds

    @invariant()
    def what_is_held_is_not_taken(self) -> None:
        """Nobody gets what another one holds, nor what has ended."""
        for operation, truth in self.truth.items():
            if truth.ended or truth.expires > self.seconds:
                with pytest.raises((ClusterBusy, WrongStatus)):
                    self.engines[0].store.take_operation(operation, "thief", seconds=LEASE)

    @invariant()
    def one_owner_at_a_time(self) -> None:
        """In the journal tokens never fall, and each belongs to one engine."""
        store = self.engines[0].store
        for operation in self.truth:
            lines = store.journal_of(operation)
            assert [line.token for line in lines] == sorted(line.token for line in lines)
            assert len({line.token for line in lines}) == len({(line.token, line.owner) for line in lines})

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was begun has ended, or is somebody's, or is free; with all the steps that were done of it."""
        store = self.engines[0].store
        assert {record.id for record in store.operations()} == set(self.truth)
        assert {record.id for record in store.operations(unfinished=True)} == set(self.busy.values())
        for record in store.operations():
            truth = self.truth[record.id]
            assert (record.owner, record.attempt) == (truth.owner, truth.token)
            assert record.state.get("steps", 0) == truth.steps

    def teardown(self) -> None:
        """Whatever happened, one engine that lives on brings everything to its end."""
        try:
            survivor = self._new_engine()
            self.engines.append(survivor)
            self.seconds += 10 * LEASE
            self.take_up(len(self.engines) - 1, knows_the_dead=False)
            for cluster in CLUSTERS * STEPS:
                self.step(len(self.engines) - 1, cluster)
            assert self.busy == {}
            assert all(truth.steps == STEPS for truth in self.truth.values())
        finally:
            for engine in self.engines:
                engine.store.close()
            self.directory.cleanup()


LeaseMachine.TestCase.settings = settings(at_most(40), stateful_step_count=20)
TestLeases = LeaseMachine.TestCase
