"""The same on many at once."""

import threading
import time

import pytest

from serai.engine.operations.fanout import fan_out
from serai.hookspec.errors import DeadlineExceeded, OperationCancelled


def run(items, function, *, timeout=5.0, cancelled=None, width=32):
    batches = fan_out(
        items, function, name=str, limit=lambda _: timeout, cancelled=cancelled or threading.Event(), width=width
    )
    return [outcome for batch in batches for outcome in batch]


def test_every_item_has_an_outcome():
    """Nothing is lost, whatever the order they end in."""
    assert sorted(outcome.result for outcome in run(range(100), lambda n: n * n)) == [n * n for n in range(100)]


def test_nothing_to_do_is_done():
    """No items, no outcomes."""
    assert run([], str) == []


def test_a_failure_does_not_hold_the_others():
    """The error stands where the result would."""

    def halve(n):
        if n == 3:
            raise ValueError("three")
        return n // 2

    outcomes = run(range(6), halve)
    assert len(outcomes) == 6
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == ["three"]


def test_they_run_at_the_same_time():
    """All of them meet at a barrier that one alone could not pass."""
    barrier = threading.Barrier(8, timeout=5)
    assert all(outcome.error is None for outcome in run(range(8), lambda _: barrier.wait()))


def test_no_more_than_width_run_at_a_time():
    """Threads are bounded."""
    running, most, lock = 0, 0, threading.Lock()

    def work(_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    run(range(20), work, width=3)
    assert most == 3


def test_a_late_one_fails_at_its_deadline_and_the_rest_go_on():
    """One hung host costs its own deadline, although it holds the only thread."""
    release = threading.Event()
    began = time.monotonic()
    outcomes = run([1, 2], lambda n: release.wait(20) if n == 1 else n, timeout=0.3, width=1)
    release.set()
    assert time.monotonic() - began < 5
    assert {outcome.item: type(outcome.error) for outcome in outcomes} == {1: DeadlineExceeded, 2: type(None)}


def test_cancelling_ends_the_wait_at_once():
    """Work that hangs does not hold a cancelled operation."""
    cancelled, release = threading.Event(), threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(OperationCancelled):
        run([1], lambda _: release.wait(20), timeout=30, cancelled=cancelled)
    release.set()
    assert time.monotonic() - began < 3


@pytest.mark.slow
def test_a_thread_that_was_left_behind_begins_nothing_more():
    """Another has its place: no more than width work at a time, even when it comes back."""
    release, by = threading.Event(), {}

    def work(item):
        by[item] = threading.get_ident()
        if item == 0:
            release.wait(20)
        elif item == 1:
            release.set()
            threading.Event().wait(0.3)  # the late one has come back by then

    run(range(8), work, timeout=0.6, width=1)
    assert by[0] not in {by[item] for item in range(1, 8)}


def test_nothing_more_begins_when_nobody_reads_the_outcomes():
    """As when the store fails in the middle."""
    begun, release = [], threading.Event()

    def work(item):
        begun.append(item)
        if item:
            release.wait(20)

    outcomes = fan_out(range(50), work, name=str, limit=lambda _: 30, cancelled=threading.Event(), width=2)
    next(outcomes)
    outcomes.close()
    release.set()
    threading.Event().wait(0.1)
    assert len(begun) <= 3


def test_the_cost_of_waiting_does_not_grow_with_what_waits():
    """Deadlines are looked at for what runs alone."""
    asked = 0

    def limit(_):
        nonlocal asked
        asked += 1
        return 30

    list(fan_out(range(2000), str, name=str, limit=limit, cancelled=threading.Event(), width=4))
    assert asked <= 2000 * 4


def test_what_ends_while_nobody_reads_comes_together():
    """Whoever is slow to take outcomes takes many at a time."""
    gate = threading.Event()
    batches = fan_out(
        range(20),
        lambda item: item and gate.wait(20),
        name=str,
        limit=lambda _: 30,
        cancelled=threading.Event(),
        width=1,
    )
    assert len(next(batches)) == 1
    gate.set()
    threading.Event().wait(0.2)
    assert len(next(batches)) == 19
    assert list(batches) == []
