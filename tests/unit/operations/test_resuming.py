"""Operations whose engine ended: gone on with, given up, or left to who can go on with them."""

import logging
import threading
from concurrent.futures import Executor, Future
from typing import ClassVar

import pytest
from attrs import evolve
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.operations.resuming import TRIES
from serai.engine.store.held import HeldStore
from serai.engine.store.records import JournalEntry, OperationRecord
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import ClusterBusy, LeaseLost, Unsupported, WrongStatus
from serai.hookspec.semantics import Role


class Counting(Smallest):
    """A plugin that counts the calls of its hooks; one of them may stop as a killed engine does."""

    services: ClassVar = {"Counting": ["one"]}

    def __init__(self, calls):
        self.calls = calls

    @hookimpl
    def configure_cluster(self):
        self.calls.append("configure")

    @hookimpl
    def start_cluster(self):
        self.calls.append("start")

    @hookimpl
    def scale_cluster(self):
        self.calls.append("scale")

    @hookimpl
    def decommission_nodes(self): ...


@pytest.fixture
def calls():
    return []


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/serai.db"


@pytest.fixture
def open_engine(tmp_path, monkeypatch, url, calls):
    """Open engines on one store, with the plugin or without."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "machines"))
    opened = []

    def open_engine(instance=None, *, has_plugin=True, **options):
        given = [plugin("counting", Role.PROVISIONING, instance or Counting(calls))] if has_plugin else []
        opened.append(Engine.open(url, plugins=given, cache=tmp_path / "cache", **{"resume": "manual", **options}))
        return opened[-1]

    yield open_engine
    for engine in opened:
        engine.close()


def spec(count=1):
    group = {"name": "all", "count": count, "node_processes": ["one"]}
    return ClusterSpec.from_dict(
        {"name": "c", "plugin_name": "counting", "hadoop_version": "1", "node_groups": [group]}
    )


@pytest.fixture
def interrupt(url):
    """Leave an operation as an engine does that is killed in one of its phases."""

    def interrupt(engine, kind, phase="", request=None, owner="", starts=1, **state):
        with Store.open(url) as store:
            record = OperationRecord("killed", engine.clusters.get("c").id, "c", kind, owner=owner or "gone:1:1:view:1")
            record.request = request or {}
            held = HeldStore(store, store.begin_operation(record))
            record = evolve(record, status="running", phase=phase, state=state)
            for attempt in range(1, starts + 1):
                held.save(record, line=JournalEntry("killed", phase, attempt, "started", record.created_at))
            if not owner:
                held.let_go()

    return interrupt


def outcome(engine):
    record = engine.clusters.operations("c")[-1]
    return (record.kind, record.status, record.attempt)


def test_an_operation_goes_on_from_its_phase(open_engine, interrupt, calls):
    """What earlier phases did is not done again."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start")
    calls.clear()
    (operation,) = engine.resume()
    assert operation.result(30).status is ClusterStatus.ACTIVE
    assert calls == ["start"]
    assert outcome(engine) == ("create", "succeeded", 2)
    lines = engine._store.journal_of("killed")
    assert {line.phase for line in lines} == {"start"}
    told = [(line.outcome, line.attempt, line.token) for line in lines]
    assert told == [("started", 1, 1), ("taken", 2, 2), ("started", 2, 2), ("succeeded", 2, 2)]


def test_a_phase_that_had_succeeded_is_not_begun_again(open_engine, interrupt, calls, url):
    """Its engine was killed before it could begin the next one."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="configure")
    with Store.open(url) as store:
        record, lease = store.take_operation("killed", "another")
        held = HeldStore(store, lease)
        held.save(record, line=JournalEntry("killed", "configure", 1, "succeeded", record.created_at))
        held.let_go()
    calls.clear()
    engine.resume()[0].result(30)
    assert calls == ["start"]


def test_an_operation_of_which_only_the_end_was_missing_ends(open_engine, interrupt, calls, url):
    """All phases were done: nothing is done again."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "terminate", phase="remove machines")
    with Store.open(url) as store:
        record, lease = store.take_operation("killed", "another")
        held = HeldStore(store, lease)
        held.save(record, line=JournalEntry("killed", "remove machines", 1, "succeeded", record.created_at))
        held.let_go()
    assert engine.resume("c")[0].result(30) is None
    assert engine.clusters.list() == []


class AtOnce(Executor):
    """Runs what it is given before it says that it took it."""

    def submit(self, function, /, *arguments, **options):
        future = Future()
        try:
            future.set_result(function(*arguments, **options))
        except BaseException as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)
        return future


@pytest.mark.parametrize(
    "go_on", [lambda engine: engine.resume()[0], lambda engine: engine.clusters.retry("c")], ids=["resume", "retry"]
)
def test_what_has_ended_before_anybody_looks_was_gone_on_with_all_the_same(open_engine, interrupt, go_on):
    """Nobody is told that there was nothing to do."""
    engine = open_engine(executor=AtOnce())
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start")
    assert go_on(engine).result(30).status is ClusterStatus.ACTIVE
    assert outcome(engine) == ("create", "succeeded", 2)


def test_a_deletion_that_goes_on_and_has_ended_before_anybody_looks_is_the_one_that_was_asked_for(
    open_engine, interrupt
):
    """Not an error about a cluster that is not there."""
    engine = open_engine(executor=AtOnce())
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "terminate", phase="clean up", request={"force": False})
    assert engine.clusters.delete("c").result(30) is None
    assert outcome(engine) == ("terminate", "succeeded", 2)


def test_a_plugin_that_hangs_when_it_is_looked_for_holds_nobody_else_up(open_engine, interrupt):
    """An engine that goes on by itself asks it for its versions; meanwhile people end the cluster."""
    asked, over = threading.Event(), threading.Event()

    class Hanging(Counting):
        @hookimpl
        def get_versions(self):
            asked.set()
            over.wait(30)
            return ["1"]

    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start")
    resuming = open_engine(Hanging([]), resume="auto", lease=0.6)
    assert asked.wait(10)
    asking = threading.Thread(target=lambda: resuming.clusters.cancel("c"), daemon=True)
    asking.start()
    asking.join(5)
    assert not asking.is_alive()
    over.set()


def test_resume_is_for_one_cluster_or_for_all(open_engine, interrupt):
    """And does nothing where nothing was interrupted."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    assert engine.resume() == []
    interrupt(engine, "create", phase="start")
    assert engine.resume("another") == []
    assert [operation.cluster_name for operation in engine.resume("c")] == ["c"]


def test_what_another_engine_acts_for_is_left_to_it(open_engine, interrupt):
    """It may live: nothing says that it does not."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "scale", request={"counts": {"all": 2}}, owner="elsewhere:1:1:view:1")
    assert engine.resume() == []
    for change in (lambda: engine.clusters.retry("c"), lambda: engine.clusters.delete("c")):
        with pytest.raises(ClusterBusy, match="process 1 on elsewhere"):
            change()


def test_an_engine_goes_on_by_itself(open_engine, interrupt):
    """As soon as it is opened."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start")
    with open_engine(resume="auto") as other:
        for _ in range(100):
            if outcome(other)[1] == "succeeded":
                break
            threading.Event().wait(0.1)
        assert outcome(other) == ("create", "succeeded", 2)


@pytest.mark.slow
def test_an_engine_without_the_plugin_leaves_it_alone(open_engine, interrupt, caplog):
    """Another one may have it; the operation does not fail for that."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start")
    with caplog.at_level(logging.WARNING, "serai.operations"), open_engine(resume="auto", has_plugin=False, lease=0.3):
        threading.Event().wait(0.6)
    assert outcome(engine) == ("create", "running", 1)
    assert [record.getMessage().count("left alone") for record in caplog.records] == [1]


def test_what_seems_to_end_engines_is_left_to_people(open_engine, interrupt):
    """A phase that was begun again and again may be what kills them; asked for, it is tried all the same."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "create", phase="start", starts=TRIES)
    with open_engine(resume="auto", lease=0.3) as other:
        threading.Event().wait(0.5)
        assert outcome(other) == ("create", "running", 1)
        other.resume()[0].result(30)
        assert outcome(other) == ("create", "succeeded", 2)


def test_what_a_later_version_began_is_told_and_can_be_ended(open_engine, interrupt):
    """Nothing of it is done by one that does not know what it is."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "levitate", phase="rise")
    for go_on in (engine.resume, lambda: engine.clusters.retry("c"), lambda: engine.clusters.cancel("c")):
        with pytest.raises(Unsupported, match="levitate c") as caught:
            go_on()
        assert (caught.value.code, caught.value.place) == ("UNKNOWN_OPERATION", "c")
    assert outcome(engine) == ("levitate", "running", 1)
    engine.clusters.delete("c").result(30)
    assert engine.clusters.list() == []


def test_retry_goes_on_with_what_was_interrupted(open_engine, interrupt):
    """As the same operation."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "scale", phase="validate", request={"counts": {"all": 2}})
    assert len(engine.clusters.retry("c").result(30).instances) == 2
    assert outcome(engine) == ("scale", "succeeded", 2)


def test_scaling_tells_that_something_was_interrupted(open_engine, interrupt):
    """And how to go on with it; nothing is touched."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "scale", request={"counts": {"all": 2}})
    with pytest.raises(WrongStatus) as refused:
        engine.clusters.scale("c", {"all": 3})
    assert refused.value.code == "OPERATION_INTERRUPTED"
    assert "serai resume c" in refused.value.hint
    assert outcome(engine) == ("scale", "running", 1)


def test_deleting_gives_up_what_was_interrupted(open_engine, interrupt):
    """It is on record as such, and the cluster is gone."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "scale", phase="scale", request={"counts": {"all": 2}})
    engine.clusters.delete("c").result(30)
    create, scale, terminate = engine.clusters.operations("c")
    assert (scale.status, scale.error["code"], terminate.status) == ("failed", "ABANDONED", "succeeded")
    assert create.status == "succeeded"
    assert engine.clusters.list() == []


def test_deleting_goes_on_with_an_interrupted_deletion(open_engine, interrupt):
    """Instead of beginning another one; unless it is to be forced, and was not."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "terminate", phase="clean up")
    engine.clusters.delete("c").result(30)
    assert [record.id for record in engine.clusters.operations("c")][1:] == ["killed"]


def test_a_forced_deletion_does_not_go_on_with_one_that_was_not(open_engine, interrupt):
    """It could fail as the other one would have."""
    engine = open_engine()
    engine.clusters.create(spec()).result(30)
    interrupt(engine, "terminate", phase="clean up")
    engine.clusters.delete("c", force=True).result(30)
    assert [record.status for record in engine.clusters.operations("c")] == ["succeeded", "failed", "succeeded"]


def test_a_forced_deletion_takes_over_and_the_other_engine_stops(open_engine, calls):
    """The other one is told, writes nothing any more, and its hook comes to an end."""
    entered = threading.Event()

    class Waiting(Counting):
        @hookimpl
        def start_cluster(self, run):
            entered.set()
            run.wait_until(lambda: None, what="the end of time", timeout=60)

    operation = open_engine(Waiting(calls), lease=1).clusters.create(spec())
    assert entered.wait(30)
    open_engine().clusters.delete("c", force=True).result(30)
    with pytest.raises(LeaseLost) as lost:
        operation.result(30)
    assert lost.value.code == "LEASE_LOST"
    create, terminate = open_engine().clusters.operations("c")
    assert (create.error["code"], terminate.status) == ("ABANDONED", "succeeded")


@pytest.mark.parametrize("wrong", [{"resume": "perhaps"}, {"lease": 0}, {"lease": -1}])
def test_options_that_mean_nothing_are_refused(wrong):
    """Before anything is opened."""
    with pytest.raises(ValueError, match="resume is 'auto' or 'manual'"):
        Engine.open(**wrong)


class Slow(Counting):
    """Starts when it is let."""

    def __init__(self, calls):
        super().__init__(calls)
        self.begun, self.may = threading.Event(), threading.Event()

    @hookimpl
    def start_cluster(self):
        self.begun.set()
        self.may.wait(30)


def test_a_deletion_is_quicker_than_who_goes_on_just_now(open_engine, interrupt, calls, monkeypatch):
    """What was interrupted when it was asked for is given up, though another engine takes it up in between."""
    slow = Slow(calls)
    slow.may.set()
    here, there = open_engine(), open_engine(slow)
    there.clusters.create(spec()).result(30)
    slow.begun.clear()
    slow.may.clear()
    interrupt(there, "create", phase="start")
    resumed = []

    def too_late(*_, **__):
        resumed.extend(there.resume("c"))
        assert slow.begun.wait(30)
        return []

    monkeypatch.setattr(here._operations, "resume", too_late)
    here.clusters.delete("c").result(30)
    slow.may.set()
    with pytest.raises(LeaseLost):
        resumed[0].result(30)
    assert there.clusters.list() == []


def test_a_deletion_does_not_end_what_another_engine_was_asked_for(open_engine, calls):
    """It says whose it is, and how to end the cluster all the same; that does."""
    slow = Slow(calls)
    here, there = open_engine(), open_engine(slow)
    running = there.clusters.create(spec())
    assert slow.begun.wait(30)
    with pytest.raises(ClusterBusy) as caught:
        here.clusters.delete("c")
    assert "serai down c --force" in caught.value.hint
    here.clusters.delete("c", force=True).result(30)
    slow.may.set()
    with pytest.raises(LeaseLost):
        running.result(30)
