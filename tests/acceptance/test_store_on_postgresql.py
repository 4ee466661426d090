"""The store on a real PostgreSQL, started for these tests; skipped where none is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from attrs import evolve

from serai.engine.store import operations
from serai.engine.store.database import Database
from serai.engine.store.location import located
from serai.engine.store.records import JournalEntry, OperationRecord, OperationStatus
from serai.engine.store.store import Store
from serai.engine.store.tables import metadata
from serai.engine.store.upgrade import bring_up_to_date
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.errors import ClusterBusy, SeraiError
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.secrets import Secret

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
pytestmark = pytest.mark.skipif(
    shutil.which("initdb") is None or shutil.which("postgres") is None, reason="no PostgreSQL on the PATH"
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of our own, on a free port: the URL of its first database."""
    directory = Path(tempfile.mkdtemp(prefix="serai-postgresql-"))
    try:
        with _running(directory) as url:
            yield url
    finally:
        shutil.rmtree(directory)


@contextmanager
def _running(directory: Path) -> Iterator[str]:
    account = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    if account is not None:
        shutil.chown(directory, account)
    data = directory / "data"
    initdb = ["initdb", "--pgdata", str(data), "--username", "serai", "--auth", "trust", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=directory, user=account, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(directory), "-c", "fsync=off"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(["postgres", *options], stdout=log, stderr=log, cwd=directory, user=account)
    try:
        _wait_for(port, process)
        yield f"postgresql+psycopg://serai@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=serai dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("PostgreSQL did not start")


@pytest.fixture
def url(server: str) -> str:
    """A database with nothing in it."""
    name = f"store_{uuid4().hex}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.removesuffix("postgres") + name


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


def test_everything_comes_back_equal(store):
    """Clusters with secrets, operations, journal, events, jobs; to the microsecond."""
    cluster = demo(cluster_configs={"general": {"password": Secret("hunter2"), "odd": "\0"}}, status_reason="x")
    record = operation(request={"password": Secret("hunter2")}, created_at=NOW, state={"n": 1.5})
    store.begin_operation(record, cluster)
    line = store.journal(JournalEntry("op-1", "Spawning", 1, "started", NOW))
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
    store.add_cluster(demo())

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
        impatient.add_cluster(demo())
    assert locked.value.code == "STORE_LOCKED"


def test_a_secret_needs_a_key_that_is_passed_in(url):
    """There is no file to keep one in."""
    with Store.open(url) as store, pytest.raises(SeraiError) as missing:
        store.add_cluster(demo(cluster_configs={"general": {"password": Secret("hunter2")}}))
    assert missing.value.code == "STORE_KEY_MISSING"
    assert "key=" in missing.value.hint


def test_a_server_that_is_not_there_is_told():
    """Without the password of the URL."""
    with pytest.raises(SeraiError) as refused:
        Store.open("postgresql+psycopg://serai:hunter2@127.0.0.1:9/serai", patience=5)
    assert refused.value.code == "STORE_ERROR"
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
