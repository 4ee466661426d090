"""The lease of an operation, as the engine that acts for it has it."""

import threading

import pytest

from serai.engine.operations.lease import HeldLease
from serai.engine.operations.leases import Leases
from serai.engine.store.clocks import Tick
from serai.engine.store.records import OperationRecord
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import LeaseLost, SeraiError

SECONDS = 30.0


class FakeClock:
    """The one clock of a machine, for the store and for who holds a lease."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(clock):
    with Store.open(ticks=lambda: Tick("fake", clock())) as opened:
        yield opened


@pytest.fixture
def held(store, clock):
    """An operation, held by one engine."""
    record = OperationRecord("op-1", "id", "demo", "create", owner="one")
    lease = store.begin_operation(record, Cluster("demo", "spark", "4", id="id"), seconds=SECONDS)
    return HeldLease(lease, store, seconds=SECONDS, outage=0, asked_at=clock(), now=clock)


def take(store):
    """What another engine does."""
    store.take_operation("op-1", "two", is_gone=lambda _: True)


def test_a_fresh_lease_is_good_without_asking(held, store):
    """The store is not asked for each thing that is done."""
    store.close()
    held.check()


def test_a_lease_in_doubt_is_asked_for(held, store, clock):
    """This process was paused for longer than it lasts: whether it is held still is for the store to say."""
    clock.seconds += SECONDS
    held.check()
    store.close()
    held.check()  # it was renewed
    clock.seconds += SECONDS
    with pytest.raises(SeraiError) as closed:
        held.check()
    assert closed.value.code == "STORE_CLOSED"
    assert held.lost is None


def test_a_lease_that_was_taken_is_lost(held, store, clock):
    """All that goes on for the operation is told to stop."""
    clock.seconds += SECONDS
    take(store)
    for _ in range(2):
        with pytest.raises(LeaseLost, match="two goes on with it"):
            held.check()
    assert held.cancelled.is_set()


def test_a_refused_write_is_a_loss_too(held, store):
    """Whoever wrote: an event in a thread of its own, a claim."""
    take(store)
    with pytest.raises(LeaseLost):
        held.store.release_claim("ssh", "host-1")
    with pytest.raises(LeaseLost):
        held.check()
    assert held.cancelled.is_set()


def test_time_counts_from_when_the_store_was_asked(held, clock):
    """An answer that took long does not make a lease last longer here than there."""
    held.renewed(clock() + 10)
    held.renewed(clock() + 5)
    clock.seconds += SECONDS + 9
    held.check()


@pytest.fixture
def leases():
    """The leases of an engine on a store of its own, whose heart beats quickly."""
    with Store.open() as store:
        made = Leases(store, seconds=0.6, outage=5)
        made.store = store
        yield made
        made.close()


def begin(leases):
    record = OperationRecord("op-1", "id", "demo", "create")
    return leases.begin(record, Cluster("demo", "spark", "4", id="id"))


@pytest.mark.slow
def test_the_heart_keeps_leases(leases):
    """For longer than one lasts, with nobody doing anything."""
    begin(leases)
    assert not threading.Event().wait(1.5)
    assert leases.store.free_operations() == []


def test_what_is_forgotten_runs_out(leases):
    """Another engine can have it."""
    leases.forget(begin(leases))
    for _ in range(50):
        if leases.free():
            break
        threading.Event().wait(0.1)
    assert leases.free() == ["op-1"]


def test_the_heart_notices_what_was_taken(leases):
    """And tells whoever acts for it, at the next beat."""
    held = begin(leases)
    leases.store.take_operation("op-1", "two", is_gone=lambda _: True)
    assert held.cancelled.wait(5)
    with pytest.raises(LeaseLost):
        held.check()


@pytest.mark.slow
def test_the_heart_outlives_what_fails_in_it(leases):
    """A defect in one duty does not end the others."""
    beats = []

    def fail():
        beats.append(1)
        raise ZeroDivisionError("x")

    leases.with_each_beat(fail)
    begin(leases)
    threading.Event().wait(1.5)
    assert len(beats) > 2
    assert leases.store.free_operations() == []


@pytest.mark.slow
def test_leases_are_kept_whatever_a_duty_waits_for(leases):
    """A plugin that hangs when it is asked for its versions, say. It is not begun anew meanwhile."""
    begun, over = [], threading.Event()
    leases.with_each_beat(lambda: (begun.append(1), over.wait(30)))
    begin(leases)
    assert not threading.Event().wait(1.5)
    assert leases.store.free_operations() == []
    assert begun == [1]
    over.set()


def test_a_closed_heart_stops(leases):
    """Nothing is left of it."""
    begin(leases)
    leases.close()
    assert not any(thread.name == "serai-heart" and thread.is_alive() for thread in [leases._heart])
