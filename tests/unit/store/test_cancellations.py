"""Operations that were asked to stop: for whoever acts for them to read."""

import pytest

from serai.engine.store.held import HeldStore
from serai.hookspec.errors import NotFound, WrongStatus


def test_what_was_asked_is_told(store, make_cluster, make_operation):
    """Of the operations one asks about, and of no others; asking twice is asking once."""
    for name in ("one", "two"):
        record = make_operation(name, cluster_id=f"id-of-{name}", cluster_name=name)
        store.begin_operation(record, make_cluster(name))
    for _ in range(2):
        store.ask_to_stop("one")
    assert store.asked_to_stop(["one", "two"]) == {"one"}
    assert store.asked_to_stop(["two"]) == store.asked_to_stop([]) == set()


def test_what_its_owner_writes_does_not_take_it_back(store, make_cluster, make_operation):
    """The owner knows nothing of it yet, and writes all that it knows; nor does another owner."""
    record = make_operation(owner="one")
    held = HeldStore(store, store.begin_operation(record, make_cluster()))
    store.ask_to_stop("op-1")
    held.save(record)
    held.let_go()
    store.take_operation("op-1", "two")
    assert store.asked_to_stop(["op-1"]) == {"op-1"}


def test_what_has_ended_cannot_be_stopped(store, make_cluster, make_operation, end):
    """Nor can what is not there."""
    end(store, store.begin_operation(make_operation(), make_cluster()))
    with pytest.raises(WrongStatus, match="has ended"):
        store.ask_to_stop("op-1")
    with pytest.raises(NotFound):
        store.ask_to_stop("op-2")
    assert store.asked_to_stop(["op-1", "op-2"]) == set()
