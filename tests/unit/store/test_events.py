"""Events in the store."""

from datetime import timedelta, timezone

from kept_clusters import add_cluster, remove_cluster

from serai.engine.store.store import Store
from serai.hookspec.listening import EventKind
from serai.hookspec.secrets import Secret


def test_an_event_comes_back_equal(store, make_event):
    """Every field is kept."""
    event = store.add_event(
        make_event(
            kind=EventKind.HOST_FAILED,
            phase="Starting",
            step="start workers",
            host="demo-workers-0",
            message="no room",
            data={"seconds": 1.5, "list": [None, True]},
        )
    )
    assert store.events() == [event]
    assert event.sequence > 0


def test_sequences_rise_and_are_never_given_twice(url, make_event):
    """Also after the store was closed and opened again."""
    sequences = []
    for _ in range(3):
        with Store.open(url) as store:
            sequences += [store.add_event(make_event()).sequence for _ in range(2)]
    assert sequences == sorted(set(sequences))


def test_events_can_be_chosen(store, make_event):
    """By cluster, by operation, from a sequence on, and only the first few."""
    for cluster, operation in (("a", "1"), ("a", "2"), ("b", "3"), ("a", "1")):
        store.add_event(make_event(cluster=cluster, operation=operation))
    first = store.events(operation="1")[0].sequence
    assert [event.operation for event in store.events("a")] == ["1", "2", "1"]
    assert len(store.events(operation="1")) == 2
    assert len(store.events(cluster="a", operation="3")) == 0
    assert [event.operation for event in store.events("a", after=first)] == ["2", "1"]
    assert [event.operation for event in store.events(limit=2)] == ["1", "2"]


def test_events_outlive_their_cluster(store, make_cluster, make_event):
    """History is read by the cluster's name."""
    add_cluster(store, make_cluster())
    store.add_event(make_event())
    remove_cluster(store, "id-of-demo")
    assert len(store.events("demo")) == 1


def test_undecodable_output_in_a_message_is_replaced(store, make_event):
    """A message may quote the output of a program; keeping it must not fail."""
    store.add_event(make_event(message="it said \udcff\0!", data={"line": "\udcff\0"}))
    (event,) = store.events()
    assert event.message == "it said ?\ufffd!"
    assert event.data == {"line": "\udcff\0"}


def test_a_secret_in_the_data_is_masked(store, make_event):
    """Events are free of secrets, also when a plugin forgets it."""
    store.add_event(make_event(data={"password": Secret("hunter2")}))
    assert store.events()[0].data == {"password": "******"}


def test_times_are_given_back_in_utc(store, make_event):
    """The moment is kept, whatever zone it was written in."""
    event = make_event()
    elsewhere = event.time.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.add_event(make_event(time=elsewhere))
    assert store.events()[0].time.isoformat() == event.time.isoformat()
