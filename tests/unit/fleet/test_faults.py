"""What can be made to go wrong with a call to a host in memory."""

import time

import pytest

from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import CommandFailed, DeadlineExceeded, RemoteError, Unreachable
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import (
    CRASH,
    DISK_FULL,
    HANG,
    UNREACHABLE,
    Call,
    Crash,
    Fleet,
    VirtualClock,
    garbage,
    said,
    slow,
)

CLUSTER = Cluster("demo", "none", "1", [NodeGroup("w", 1)], id="c1")


@pytest.fixture
def fleet():
    return Fleet(clock=VirtualClock())


@pytest.fixture
def remotes(fleet):
    return [fleet.get_endpoint(CLUSTER, Instance(instance_name=name)).remote for name in ("a", "b")]


def test_the_journal_has_the_calls_to_all_hosts_in_order(fleet, remotes):
    """Whoever looks for the n-th one finds it there."""
    remotes[1].run("true")
    remotes[0].put({"/x": "1"})
    assert fleet.journal.calls == [("b", Call("run", ("true",))), ("a", Call("put", ("/x",)))]


def test_a_crash_comes_at_the_call_it_is_planned_for_and_once(fleet, remotes):
    """Before the call has any effect; that of those before it is there."""
    fleet.journal.plan(CRASH, at=2)
    remotes[0].put({"/x": "1"})
    with pytest.raises(Crash):
        remotes[1].put({"/x": "1"})
    assert "/x" in fleet.host("a").files
    assert "/x" not in fleet.host("b").files
    remotes[1].put({"/x": "1"})
    assert "/x" in fleet.host("b").files


def test_no_handler_for_errors_keeps_a_crash_back():
    """It is no Exception: a hook that catches them all is dead all the same."""
    assert not issubclass(Crash, Exception)


def test_a_call_that_hangs_ends_with_its_limit_and_takes_no_time(fleet, remotes):
    """An hour of the fleet's clock is none of ours."""
    fleet.journal.plan(HANG)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="within 3600 s"):
        remotes[0].run("sleep", "7200", timeout=3600)
    assert fleet.clock.now() == 3600
    assert time.monotonic() - began < 60


def test_a_slow_call_is_done_within_its_limit_and_not_past_it(fleet, remotes):
    """Only what is over in time happens."""
    fleet.journal.plan(slow(20), times=2)
    remotes[0].put({"/x": "1"}, timeout=30)
    with pytest.raises(DeadlineExceeded):
        remotes[0].put({"/y": "1"}, timeout=10)
    assert list(fleet.host("a").files) == ["/x"]


def test_a_full_disk_takes_nothing_new_for_one_call(fleet, remotes):
    """What is there already needs no room."""
    remotes[0].put({"/x": "1"})
    fleet.journal.plan(DISK_FULL, times=2)
    assert remotes[0].put({"/x": "1"}) == frozenset()
    with pytest.raises(CommandFailed, match="No space left"):
        remotes[0].put({"/x": "1", "/y": "1"})
    assert remotes[0].put({"/y": "1"}) == {"/y"}


def test_garbage_takes_the_place_of_an_answer(fleet, remotes):
    """Of a command, of a web server, of what is read."""
    fleet.answer(["version"], said("1.0"))
    remotes[0].put({"/x": "1"})
    fleet.journal.plan(garbage("?!"), when=lambda host, call: host == "a", times=3)
    assert remotes[0].run("version").stdout == "?!"
    assert remotes[1].run("version").stdout == "1.0"
    assert remotes[0].get("/x") == b"?!"
    with pytest.raises(RemoteError, match="cannot be read"):
        _ = remotes[0].facts
    assert remotes[0].get("/x") == b"1"


def test_only_calls_of_a_kind_are_counted_where_one_is_told(fleet, remotes):
    """The second put, whatever is run between."""
    fleet.journal.plan(UNREACHABLE, at=2, when=lambda host, call: call.kind == "put")
    remotes[0].put({"/x": "1"})
    remotes[0].run("true")
    with pytest.raises(Unreachable):
        remotes[0].put({"/y": "1"})


def test_the_signals_of_a_service_are_known_until_it_is_started_anew(fleet, remotes):
    """A simulator tells from them what the service makes of them."""
    service, processes = Service("s", ["s"]), fleet.host("a").processes
    remotes[0].services.start(service)
    remotes[0].services.signal(service, "PWR")
    assert processes.signals_of("s") == ("PWR",)
    remotes[0].services.restart(service)
    assert processes.signals_of("s") == ()


def test_a_frozen_host_is_given_up_at_once_in_counted_time(fleet, remotes):
    """Nobody could thaw it meanwhile."""
    fleet.host("a").freeze()
    with pytest.raises(Unreachable, match="no answer within 10 s"):
        remotes[0].run("true")
