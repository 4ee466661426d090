"""What an operation lends to hooks."""

import threading
from pathlib import Path

import pytest

from serai.engine.artifacts import ArtifactCache
from serai.engine.operations.events import EventLog
from serai.engine.operations.lent import LentRun
from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import (
    CommandFailed,
    DeadlineExceeded,
    HostsFailed,
    LeaseLost,
    OperationCancelled,
    RemoteError,
)
from serai.hookspec.listening import EventKind
from serai.hookspec.semantics import Role


class Ear:
    """A listener that keeps what it hears, and may be deaf with a bang."""

    def __init__(self):
        self.heard = []
        self.broken = False

    @hookimpl
    def on_event(self, event):
        self.heard.append(event)
        if self.broken:
            raise ValueError("deaf")


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def cancelled():
    return threading.Event()


@pytest.fixture
def run(ear, cancelled, tmp_path: Path):
    store = Store.open(None)
    catalog = Catalog(plugins=[admitted("ear", Role.LISTENER, ear)], discover=False)
    lent = LentRun("demo", "op1", EventLog(store, catalog), ArtifactCache(tmp_path), cancelled)
    lent.phase = "configure"
    yield lent
    store.close()


HOSTS = [Instance(instance_name=f"demo-w-{index}") for index in (1, 2, 3)]


def test_each_gives_results_in_the_order_of_the_instances(run):
    """Whoever ends first, results stand where their instance stands."""
    gate = threading.Event()

    def name(instance):
        if instance is HOSTS[0]:
            gate.wait(5)
        elif instance is HOSTS[2]:
            gate.set()
        return instance.hostname

    assert run.each(HOSTS, name, step="look") == ["demo-w-1", "demo-w-2", "demo-w-3"]


def test_each_keeps_every_failure_by_host(run):
    """The error names each host that failed, with its own reason."""

    def fail(instance):
        if instance is not HOSTS[1]:
            raise CommandFailed(f"no space on {instance.hostname}", host=instance.hostname)

    with pytest.raises(HostsFailed) as caught:
        run.each(HOSTS, fail, step="unpack")
    assert {host: str(error) for host, error in caught.value.failures.items()} == {
        "demo-w-1": "demo-w-1: no space on demo-w-1",
        "demo-w-3": "demo-w-3: no space on demo-w-3",
    }


def test_each_tells_events_per_step_and_host(run, ear):
    """A follower sees the step begin, each host end, the step end."""
    run.each(HOSTS, lambda instance: None, step="look")
    kinds = [(event.kind, event.phase, event.step) for event in ear.heard]
    assert kinds == [
        (EventKind.STEP_STARTED, "configure", "look"),
        *[(EventKind.HOST_FINISHED, "configure", "look")] * 3,
        (EventKind.STEP_FINISHED, "configure", "look"),
    ]
    assert sorted(event.host for event in ear.heard if event.host) == ["demo-w-1", "demo-w-2", "demo-w-3"]


def test_a_listener_that_raises_disturbs_nothing(run, ear):
    """The step ends as if nobody had listened."""
    ear.broken = True
    assert run.each(HOSTS, lambda instance: 1, step="look") == [1, 1, 1]


def test_a_step_that_fails_says_why(run, ear):
    """The reason is in the event."""
    with pytest.raises(RemoteError), run.step("format"):
        raise RemoteError("disk is gone")
    assert (ear.heard[-1].kind, ear.heard[-1].message) == (EventKind.STEP_FAILED, "[REMOTE_ERROR] disk is gone")


def test_wait_until_gives_what_the_probe_gave(run):
    """The first true answer."""
    answers = iter([None, 0, "ready"])
    assert run.wait_until(lambda: next(answers), what="readiness", timeout=5, interval=0.01) == "ready"


def test_wait_until_tries_once_even_without_time(run):
    """A probe that is true at once never times out."""
    assert run.wait_until(lambda: True, what="truth", timeout=0)


def test_wait_until_takes_remote_errors_as_not_yet_and_tells_the_last(run):
    """The limit's error names what was waited for, the seconds and the last answer."""

    def refuse():
        raise RemoteError("connection refused")

    with pytest.raises(DeadlineExceeded, match=r"the master did not happen within 0\.05 s.*connection refused"):
        run.wait_until(refuse, what="the master", timeout=0.05, interval=0.01)


def test_wait_until_does_not_hide_defects(run):
    """An error that is not a remote one ends the wait."""
    with pytest.raises(ZeroDivisionError):
        run.wait_until(lambda: 1 / 0, what="nothing", timeout=5)


def test_wait_until_ends_when_cancelled(run, cancelled):
    """Nobody waits for what is no longer wanted."""
    threading.Timer(0.05, cancelled.set).start()
    with pytest.raises(OperationCancelled):
        run.wait_until(lambda: None, what="never", timeout=30, interval=10)


def test_no_step_begins_once_cancelled(run, cancelled, ear):
    """Cancelling shows at the next step."""
    cancelled.set()
    with pytest.raises(OperationCancelled), run.step("more"):
        pass
    assert ear.heard == []


def test_a_step_on_machines_tells_which_when_it_begins(run, ear):
    """So that whoever follows can tell how many there are, and who is waited for."""
    run.each(HOSTS, lambda instance: None, step="look")
    assert ear.heard[0].data == {"hosts": ["demo-w-1", "demo-w-2", "demo-w-3"]}


def test_a_failure_of_a_thousand_hosts_can_be_read(run):
    """The first few are named, in the order of the instances; the details have all of them."""
    hosts = [Instance(instance_name=f"demo-w-{index}") for index in range(1, 1001)]

    def fail(instance):
        raise RemoteError("no", host=instance.instance_name)

    with pytest.raises(HostsFailed) as caught:
        run.each(hosts, fail, step="look")
    lines = caught.value.message.splitlines()
    assert lines[:3] == ["look failed on 1000 hosts:", "  demo-w-1: [REMOTE_ERROR] no", "  demo-w-2: [REMOTE_ERROR] no"]
    assert (len(lines), lines[-1]) == (12, "  and 990 more")
    assert len(caught.value.details["hosts"]) == len(caught.value.failures) == 1000


def test_whoever_was_left_behind_ends_with_the_operation(run, ear):
    """It begins no step, and waits for nothing."""
    run.end()
    with pytest.raises(OperationCancelled, match="has ended"), run.step("more"):
        pass
    with pytest.raises(OperationCancelled, match="has ended"):
        run.wait_until(lambda: None, what="never", timeout=30)
    assert ear.heard == []


def test_who_lost_the_operation_is_told_wherever_it_asks(ear, cancelled, tmp_path):
    """In steps, in waits, and before each item: it is no cancelling, though that is how everything is stopped."""

    def held():
        raise LeaseLost("it is another's by now")

    with Store.open(None) as store:
        catalog = Catalog(plugins=[admitted("ear", Role.LISTENER, ear)], discover=False)
        run = LentRun("demo", "op1", EventLog(store, catalog), ArtifactCache(tmp_path), cancelled, held)
        cancelled.set()
        for ask in (
            run.check,
            lambda: run.step("a step").__enter__(),
            lambda: run.each(HOSTS, lambda instance: None, step="a step"),
            lambda: run.wait_until(lambda: True, what="it", timeout=1),
        ):
            with pytest.raises(LeaseLost):
                ask()
    assert ear.heard == []
