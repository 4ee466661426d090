"""The store on a real PostgreSQL, started for these tests; skipped where none is installed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from textwrap import dedent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from attrs import evolve
from earlier_stores import EARLIER, fill
from kept_clusters import add_cluster, save_cluster
from own_postgresql import Server, require, running
from sqlalchemy import Connection
from sqlalchemy.event import listen

from serai.engine.store import operations
from serai.engine.store.database import Database
from serai.engine.store.held import HeldStore
from serai.engine.store.location import located
from serai.engine.store.postgresql import STALLED_SECONDS
from serai.engine.store.records import JournalEntry, OperationRecord, OperationStatus
from serai.engine.store.store import Store
from serai.engine.store.tables import metadata
from serai.engine.store.upgrade import bring_up_to_date
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.errors import ClusterBusy, LeaseLost, SeraiError
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.secrets import Secret

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    require()
    with running() as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    """A database with nothing in it."""
    server.start()  # a test may have killed it
    return server.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store in it."""
    with Store.open(url, key=KEY) as opened:
        yield opened


def demo(**fields) -> Cluster:
    return Cluster("demo", "spark", "4.3.0", [NodeGroup("workers", 2, ["worker"])], id="c-1", **fields)


def operation(name: str = "op-1", **fields) -> OperationRecord:
    return OperationRecord(name, "c-1", "demo", "create", **fields)


def test_migrations_make_the_tables_of_the_code(url):
    """As they do on SQLite."""
    database = Database(located(url))
    bring_up_to_date(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    database.close()


@pytest.mark.parametrize("revision", EARLIER)
def test_a_store_of_an_earlier_version_keeps_what_it_holds(url, revision):
    """As it does in a file."""
    database = Database(located(url))
    fill(database, revision)
    database.close()
    with Store.open(url, key=KEY) as store:
        cluster = store.cluster("demo")
        assert (len(cluster.instances), cluster.created_at) == (2, NOW)
        assert [record.status for record in store.operations("demo")] == ["failed", "running"]
        assert (len(store.events()), len(store.jobs()), len(store.journal_of("op-1"))) == (1, 1, 2)
        assert store.add_event(Event(EventKind.WARNING, "demo", "op-2", NOW)).sequence > 1
        assert store.free_operations() == ["op-2"]
        assert store.take_operation("op-2", "me")[0].attempt == 2


def test_everything_comes_back_equal(store):
    """Clusters with secrets, operations, journal, events, jobs; to the microsecond."""
    cluster = demo(cluster_configs={"general": {"password": Secret("hunter2"), "odd": "\0"}}, status_reason="x")
    record = operation(request={"password": Secret("hunter2")}, created_at=NOW, state={"n": 1.5})
    held = HeldStore(store, store.begin_operation(record, cluster))
    line = held.journal(JournalEntry("op-1", "Spawning", 1, "started", NOW))
    event = store.add_event(Event(EventKind.WARNING, "demo", "op-1", NOW, message="hé", data={"a": [None, "\0"]}))
    job = JobExecution("job-1", "demo", JobSpec("Spark", main="pi.py"), created_at=NOW)
    store.save_job(job)
    assert store.cluster("demo") == cluster
    assert store.operation("op-1") == record
    assert (store.journal_of("op-1"), store.events(), store.jobs()) == ([line], [event], [job])


def test_output_that_no_database_takes_is_replaced(store):
    """PostgreSQL refuses NUL, and no encoding has lone surrogates."""
    store.add_event(Event(EventKind.WARNING, "demo", "op-1", NOW, message="a\0b\udcff"))
    assert store.events()[0].message == "a\ufffdb?"


def test_of_many_stores_one_begins_an_operation(url, store):
    """Each engine has a store of its own on the same server; one wins and the others are told of it."""
    add_cluster(store, demo())

    def begin(number: int) -> bool:
        with Store.open(url) as mine:
            try:
                mine.begin_operation(operation(f"op-{number}", owner=f"engine {number}"))
            except ClusterBusy as busy:
                assert store.operation(busy.details["operation"]).owner in str(busy)  # noqa: PT017
                return False
            return True

    with ThreadPoolExecutor(6) as threads:
        won = list(threads.map(begin, range(6)))
    assert won.count(True) == 1


def test_of_many_stores_one_claims_a_machine(url, store):
    """Each engine has a store of its own on the same server; the others are told which cluster has it."""

    def take(number: int) -> bool:
        with Store.open(url) as mine:
            try:
                mine.take_claim("ssh", Claim("host-1", f"id-{number}", f"c-{number}", f"token-{number}", NOW, {"n": 1}))
            except SeraiError as error:
                assert error.code == "MACHINE_TAKEN"  # noqa: PT017
                return False
            return True

    with ThreadPoolExecutor(6) as threads:
        won = list(threads.map(take, range(6)))
    assert won.count(True) == 1
    winner = f"c-{won.index(True)}"
    assert [claim.cluster_name for claim in store.claims("ssh").values()] == [winner]
    store.release_claim("ssh", "host-1")
    assert store.claims("ssh") == {}


def test_the_database_itself_keeps_operations_apart(store):
    """Should anything write past the store's own check, an index refuses it."""
    store.begin_operation(operation(), demo())
    row = evolve(operation("op-2"), status=OperationStatus.RUNNING, created_at=NOW)
    with pytest.raises(SeraiError, match="uq_operations_one_unfinished"), store._database.writing() as connection:
        operations.add(connection, row)


def test_stores_that_open_a_new_database_at_once_make_its_tables_once(url):
    """Each waits for the tables that another one is making."""
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(lambda _: Store.open(url), range(4)))
    assert [store.clusters() for store in stores] == [[]] * 4
    for store in stores:
        store.close()


def test_followers_miss_no_event(store):
    """Sequences become visible in their order: who saw one has seen all before it."""
    seen: list[int] = []
    with ThreadPoolExecutor(8) as threads:
        writing = [
            threads.submit(store.add_event, Event(EventKind.WARNING, "demo", "op-1", NOW, message=str(number)))
            for number in range(100)
        ]
        while not all(future.done() for future in writing):
            seen += [event.sequence for event in store.events(after=seen[-1] if seen else 0)]
        seen += [event.sequence for event in store.events(after=seen[-1] if seen else 0)]
    assert seen == sorted(future.result().sequence for future in writing)


def test_a_lock_held_for_too_long_is_told(url, store):
    """After the patience is over, and not for ever."""
    with Store.open(url, patience=0.1) as impatient, store._database.writing(), pytest.raises(SeraiError) as locked:
        add_cluster(impatient, demo())
    assert locked.value.code == "STORE_LOCKED"


def test_a_secret_needs_a_key_that_is_passed_in(url):
    """There is no file to keep one in."""
    with Store.open(url) as store, pytest.raises(SeraiError) as missing:
        add_cluster(store, demo(cluster_configs={"general": {"password": Secret("hunter2")}}))
    assert missing.value.code == "STORE_KEY_MISSING"
    assert "key=" in missing.value.hint


def test_leases_go_by_the_servers_clock(url, store):
    """Whatever the clock of the machine says: nobody's lease runs out sooner for it."""
    record = operation(owner="one")
    lease = store.begin_operation(record, demo(), seconds=1.5)
    assert store.free_operations() == []
    assert store.renew_leases([lease], seconds=1.5) == {lease}
    with Store.open(url) as other:
        deadline = time.monotonic() + 30
        while not other.free_operations():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        taken, _ = other.take_operation("op-1", "two")
    assert taken.attempt == 2
    with pytest.raises(LeaseLost):
        HeldStore(store, lease).journal(JournalEntry("op-1", "Spawning", 1, "started", NOW))


PAUSED = dedent(
    """
    import os, signal, sys
    from serai.engine.store.store import Store

    store = Store.open(sys.argv[1])
    with store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM clusters")
        print("writing", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    """
)


def test_a_process_paused_in_the_middle_of_a_write_holds_nobody_up(url, store):
    """The server ends its transaction, which then has never been."""
    add_cluster(store, demo())
    with subprocess.Popen([sys.executable, "-c", PAUSED, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            began = time.monotonic()
            save_cluster(store, store.cluster("demo"))
            assert time.monotonic() - began < STALLED_SECONDS + 15
        finally:
            process.kill()
    assert [cluster.name for cluster in store.clusters()] == ["demo"]


def test_calls_wait_for_a_server_that_is_started_again(server, store):
    """Those that read and those that write; nothing is done twice."""
    add_cluster(store, demo())
    event = Event(EventKind.WARNING, "demo", "op-1", NOW)
    with ThreadPoolExecutor(2) as threads:
        server.kill()
        writing = threads.submit(store.add_event, event)
        reading = threads.submit(store.clusters)
        time.sleep(1)
        assert not writing.done()
        assert not reading.done()
        server.start()
        assert [cluster.name for cluster in reading.result(30)] == ["demo"]
        told = writing.result(30)
        assert store.events() == [told]


def test_waiting_for_a_server_ends(server, store):
    """With a code of its own."""
    server.kill()
    began = time.monotonic()
    with pytest.raises(SeraiError) as away:
        store._database.read(lambda connection: None, patience=1)
    assert away.value.code == "STORE_UNAVAILABLE"
    assert 1 <= time.monotonic() - began < 15


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(server, url):
    """Each event that was stored is there once, however often the server was killed while it committed."""
    with Store.open(url) as store, ThreadPoolExecutor(4) as threads:
        writing = [
            threads.submit(store.add_event, Event(EventKind.WARNING, "demo", "op-1", NOW, message=str(number)))
            for number in range(2000)
        ]
        for _ in range(3):
            time.sleep(0.5)
            server.kill()
            server.start()
        stored = [future.result(60) for future in writing]
        assert sorted(int(event.message) for event in store.events()) == list(range(2000))
        assert {event.sequence: event.message for event in store.events()} == {e.sequence: e.message for e in stored}


@pytest.mark.parametrize("committed", [True, False])
def test_a_write_that_was_cut_off_while_it_committed_is_done_once(store, committed):
    """Whether it was committed or not: the client sees the same."""
    cut: list[Connection] = []

    def cut_off(connection: Connection) -> None:
        if not cut:
            cut.append(connection)
            wire = connection.connection.dbapi_connection
            if committed:
                wire.commit()
            wire.close()

    listen(store._database._engine, "commit", cut_off)
    told = store.add_event(Event(EventKind.WARNING, "demo", "op-1", NOW))
    assert cut
    assert store.events() == [told]


def test_an_operation_whose_beginning_was_cut_off_is_not_busy_with_itself(store):
    """It was begun, and who began it holds it."""
    engine, cut = store._database._engine, []

    def cut_off(connection: Connection) -> None:
        if not cut:
            cut.append(connection)
            connection.connection.dbapi_connection.commit()
            connection.connection.dbapi_connection.close()

    listen(engine, "commit", cut_off)
    HeldStore(store, store.begin_operation(operation(owner="me"), demo())).renew(30)


def test_a_server_that_is_not_there_is_told():
    """Without the password of the URL."""
    with pytest.raises(SeraiError) as refused:
        Store.open("postgresql+psycopg://serai:hunter2@127.0.0.1:9/serai", patience=5)
    assert refused.value.code == "STORE_UNAVAILABLE"
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
