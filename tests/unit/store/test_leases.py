"""Leases: an operation is one engine's at a time, and only its holder writes for it."""

import pytest

from serai.engine.store.clocks import Tick
from serai.engine.store.held import HeldStore
from serai.engine.store.store import Store
from serai.hookspec.errors import ClusterBusy, LeaseLost, WrongStatus

SECONDS = 30.0


class FakeClock:
    """A clock that tests set."""

    def __init__(self):
        self.boot, self.seconds = "first", 1000.0

    def __call__(self):
        return Tick(self.boot, self.seconds)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(clock):
    """A store whose leases go by the fake clock."""
    with Store.open(ticks=clock) as opened:
        yield opened


@pytest.fixture
def begin(store, make_cluster, make_operation):
    """Begin the operation as an engine, and hold it."""

    def begin(engine="one", name="demo"):
        record = make_operation(f"op-{name}", cluster_id=f"id-of-{name}", cluster_name=name, owner=engine)
        return HeldStore(store, store.begin_operation(record, make_cluster(name), seconds=SECONDS))

    return begin


def take(store, engine, **options):
    """Take the operation as an engine, and hold it."""
    record, lease = store.take_operation("op-demo", engine, seconds=SECONDS, **options)
    assert (record.owner, record.attempt) == (engine, lease.token)
    return HeldStore(store, lease)


def test_who_begins_an_operation_holds_it(store, begin):
    """And nobody takes it."""
    begin("one:1:2")
    assert store.free_operations() == []
    with pytest.raises(ClusterBusy, match="process 1 on one"):
        take(store, "two")


def test_a_lease_runs_out(store, begin, clock):
    """To the second, and anybody may take the operation then; its attempts are counted."""
    begin()
    clock.seconds += SECONDS - 1
    assert store.free_operations() == []
    clock.seconds += 1
    assert store.free_operations() == ["op-demo"]
    assert take(store, "two").lease.token == 2
    assert store.free_operations() == []


def test_a_renewed_lease_lasts_from_then_on(store, begin, clock):
    """As long as its holder lives it is nobody else's."""
    held = begin()
    for _ in range(5):
        clock.seconds += SECONDS - 1
        assert store.renew_leases([held.lease], seconds=SECONDS) == {held.lease}
    assert store.free_operations() == []


def test_leases_are_renewed_together(store, begin, clock):
    """Those that were taken are told by being left out, and stay their taker's."""
    mine, other = begin("one"), begin("one", "other")
    clock.seconds += SECONDS
    taker = take(store, "two")
    assert store.renew_leases([mine.lease, other.lease], seconds=SECONDS) == {other.lease}
    clock.seconds += SECONDS - 1
    assert store.renew_leases([taker.lease], seconds=SECONDS) == {taker.lease}


def test_who_is_known_to_be_gone_is_not_waited_for(store, begin):
    """The operation is free at once."""
    begin("one")
    assert store.free_operations(lambda engine: engine == "one") == ["op-demo"]
    assert take(store, "two", is_gone=lambda engine: engine == "one").lease.token == 2


def test_a_lease_of_another_boot_is_over(store, begin, clock):
    """The machine was booted again: its clock began anew, and nobody of before is there."""
    begin()
    clock.boot, clock.seconds = "second", 1.0
    assert store.free_operations() == ["op-demo"]
    take(store, "two")


def test_what_is_let_go_can_be_taken_at_once(store, begin):
    """By anybody, as if the lease had run out."""
    begin().let_go()
    assert take(store, "two").lease.token == 2


def test_an_operation_that_ended_is_held_by_nobody(store, begin, end):
    """It is not free either: nobody takes it up again."""
    end(store, begin().lease)
    assert store.free_operations() == []
    with pytest.raises(WrongStatus, match="has ended"):
        take(store, "two")


def test_a_lease_that_ran_out_and_that_nobody_took_is_its_holders_still(store, begin, clock):
    """The holder was slow, and no harm was done."""
    held = begin()
    clock.seconds += 10 * SECONDS
    held.save(store.operation("op-demo"))
    held.renew(SECONDS)
    assert store.free_operations() == []


def test_taking_is_on_record(store, begin, clock):
    """With who has it now, who had it, and where it was."""
    begin("one")
    clock.seconds += SECONDS
    take(store, "two")
    (line,) = store.journal_of("op-demo")
    assert (line.outcome, line.owner, line.token, line.detail) == ("taken", "two", 2, {"from": "one"})


def test_an_engine_that_takes_from_itself_is_another_holder(store, begin, clock):
    """What it did before is over: threads that were left behind write nothing more."""
    before = begin("one")
    clock.seconds += SECONDS
    after = take(store, "one")
    after.save(store.operation("op-demo"))
    with pytest.raises(LeaseLost):
        before.save(store.operation("op-demo"))
