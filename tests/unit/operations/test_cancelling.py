"""An operation is stopped by whoever wants it to be, whichever engine runs it."""

import pytest
from attrs import evolve
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.store.held import HeldStore
from serai.engine.store.records import OperationRecord
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import NotFound, OperationCancelled, WrongStatus
from serai.hookspec.semantics import Role


class Waiting(Smallest):
    """A plugin whose clusters start when a file is there."""

    def __init__(self, gate):
        self.gate = gate

    @hookimpl
    def start_cluster(self, run):
        run.wait_until(self.gate.exists, what="the gate", timeout=60)


@pytest.fixture
def gate(tmp_path):
    return tmp_path / "gate"


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/serai.db"


@pytest.fixture
def open_engine(tmp_path, monkeypatch, url, gate):
    """Open engines on one store."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "machines"))
    opened = []

    def open_engine(**options):
        given = [plugin("waiting", Role.PROVISIONING, Waiting(gate))]
        chosen = {"resume": "manual", **options}
        opened.append(Engine.open(url, plugins=given, cache=tmp_path / "cache", **chosen))
        return opened[-1]

    yield open_engine
    for engine in opened:
        engine.close(cancel=True)


@pytest.fixture
def begin():
    """Begin to make a cluster, up to the gate."""

    def begin(engine):
        group = {"name": "all", "count": 1, "node_processes": ["smallest"]}
        document = {"name": "c", "plugin_name": "waiting", "hadoop_version": "1", "node_groups": [group]}
        operation = engine.clusters.create(ClusterSpec.from_dict(document))
        next(event for event in operation.events() if (event.kind, event.phase) == ("phase.started", "start"))
        return operation

    return begin


@pytest.mark.slow
def test_an_operation_of_another_engine_is_stopped(open_engine, begin):
    """It ends there, as cancelled, with what it left; and can be gone on with here."""
    operation = begin(open_engine())
    another = open_engine()
    asked = another.clusters.cancel("c")
    assert (asked.id, asked.status) == (operation.id, "running")
    with pytest.raises(OperationCancelled):
        operation.result(30)
    (ended,) = another.clusters.operations("c")
    assert (ended.status, ended.attempt) == ("cancelled", 1)
    assert [machine.split()[0] for machine in ended.error["details"]["machines"]] == ["c-all-1"]


def test_one_of_this_engine_is_stopped_at_once(open_engine, begin):
    """Without a look into the store."""
    engine = open_engine()
    operation = begin(engine)
    engine.clusters.cancel("c")
    with pytest.raises(OperationCancelled):
        operation.result(5)


@pytest.mark.slow
def test_what_was_stopped_can_be_gone_on_with(open_engine, begin, gate):
    """The retry is an operation of its own: nobody asked that one to stop."""
    engine = open_engine()
    operation = begin(engine)
    open_engine().clusters.cancel("c")
    with pytest.raises(OperationCancelled):
        operation.result(30)
    gate.touch()
    assert engine.clusters.retry("c").result(30).status is ClusterStatus.ACTIVE


@pytest.fixture
def killed(url, gate, open_engine, begin):
    """Leave a cluster that is being made, or ended, as an engine does that is killed."""

    def killed(kind="create"):
        gate.touch()
        engine = open_engine()
        begin(engine).result(30)
        gate.unlink()
        with Store.open(url) as store:
            record = OperationRecord("killed", engine.clusters.get("c").id, "c", kind, owner="gone:1:1:view:1")
            held = HeldStore(store, store.begin_operation(record))
            held.save(evolve(record, status="running", phase="start" if kind == "create" else ""))
            held.let_go()

    return killed


def test_what_was_interrupted_is_ended_by_who_cancels_it(open_engine, killed):
    """There is nobody else to do it."""
    killed()
    engine = open_engine()
    engine.clusters.cancel("c")
    for operation in engine.resume("c"):
        with pytest.raises(OperationCancelled):
            operation.result(30)
    assert engine.clusters.operations("c")[-1].status == "cancelled"


def test_who_takes_an_operation_up_stops_it_when_its_former_owner_was_asked_to(open_engine, killed, url):
    """That one was killed before it knew."""
    killed()
    with Store.open(url) as store:
        store.ask_to_stop("killed")
    (operation,) = open_engine().resume("c")
    with pytest.raises(OperationCancelled):
        operation.result(30)


def test_a_deletion_that_was_to_stop_and_was_interrupted_does_not_stop_another(open_engine, killed, url):
    """Whoever deletes now wants the cluster gone."""
    killed("terminate")
    with Store.open(url) as store:
        store.ask_to_stop("killed")
    engine = open_engine()
    engine.clusters.delete("c").result(30)
    assert engine.clusters.list() == []
    assert [(record.kind, record.status) for record in engine.clusters.operations("c")][1:] == [
        ("terminate", "failed"),
        ("terminate", "succeeded"),
    ]


def test_where_nothing_is_at_work_nothing_can_be_stopped(open_engine, begin, gate):
    """And where there is no cluster, either."""
    engine = open_engine()
    with pytest.raises(NotFound):
        engine.clusters.cancel("c")
    gate.touch()
    begin(engine).result(30)
    with pytest.raises(WrongStatus) as refused:
        engine.clusters.cancel("c")
    assert (refused.value.code, refused.value.place) == ("NOTHING_TO_CANCEL", "c")
    assert refused.value.hint
