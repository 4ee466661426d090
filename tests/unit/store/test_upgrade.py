"""The tables: made by the migrations, and the same as the code's."""

import time
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import evolve
from sqlalchemy import MetaData, insert

from serai.engine.store.database import Database
from serai.engine.store.documents import Documents
from serai.engine.store.location import located
from serai.engine.store.records import JournalEntry, OperationStatus
from serai.engine.store.store import Store
from serai.engine.store.tables import REVISION, metadata
from serai.engine.store.upgrade import MIGRATIONS, bring_up_to_date, revision_of
from serai.engine.store.vault import Vault
from serai.hookspec.access import Claim
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.errors import SeraiError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EARLIER = [f"{number:04}" for number in range(1, int(REVISION))]
DATES = {"created_at", "updated_at", "started_at", "at"}


@pytest.fixture
def database(url):
    """A database with nothing in it."""
    opened = Database(located(url))
    yield opened
    opened.close()


def test_migrations_make_the_tables_of_the_code(database):
    """From nothing to the newest, and nothing is missing, left over or of another type."""
    bring_up_to_date(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_code_knows_the_newest_migration():
    """An up-to-date store is recognised without Alembic; so the constant must be right."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


@pytest.mark.parametrize("revision", EARLIER)
def test_a_store_of_an_earlier_version_keeps_what_it_holds(url, database, revision, make_cluster, make_event):
    """And can do from then on what came later."""
    cluster = dated(make_cluster())
    fill(database, revision, cluster, make_event())
    with Store.open(url) as store:
        assert store.cluster("demo") == cluster
        ended, unfinished = store.operations("demo")
        assert (ended.status, ended.error, ended.request) == (OperationStatus.FAILED, {"code": "X"}, {"n": 1})
        assert (unfinished.status, unfinished.owner, unfinished.attempt) == (OperationStatus.RUNNING, "host:1:2", 1)
        assert store.journal_of("op-2") == [JournalEntry("op-2", "spawn", 1, "started", NOW, {"x": 1}, sequence=1)]
        assert [event.message for event in store.events()] == ["as it was"]
        assert store.jobs()[0].id == "job-1"
        assert list(store.claims("ssh")) == (["host-1"] if revision >= "0002" else [])
        claim = Claim("host-2", cluster.id, cluster.name, "token-2", NOW)
        assert store.take_claim("ssh", claim) == claim


@pytest.mark.parametrize("revision", EARLIER)
def test_an_operation_that_an_earlier_version_left_unfinished_can_be_taken_up(
    url, database, revision, make_cluster, make_event, end
):
    """Nobody held leases then: it is free, and ends as any other."""
    fill(database, revision, dated(make_cluster()), make_event())
    with Store.open(url) as store:
        assert store.free_operations() == ["op-2"]
        record, lease = store.take_operation("op-2", "me")
        assert (record.attempt, lease.token, store.free_operations()) == (2, 2, [])
        end(store, lease)
        assert [line.outcome for line in store.journal_of("op-2")] == ["started", "taken"]
        assert store.operations(unfinished=True) == []


def fill(database, revision, cluster, event):
    """Make a store of an earlier version, with something in each of its tables, as that version wrote it."""
    with database.writing() as connection:
        _migrate(connection, revision)
        made = MetaData()
        made.reflect(connection)
        moment = NOW.replace(tzinfo=None)

        def put(table, **row):
            dates = dict.fromkeys(DATES & {column.name for column in made.tables[table].c}, moment)
            connection.execute(insert(made.tables[table]).values(**{**dates, **row}))

        documents = Documents(Vault(None, None, ephemeral=True))
        of_cluster = {"name": "demo", "plugin_name": "spark", "hadoop_version": "4.3.0", "status": "Active"}
        text = documents.of_cluster(cluster)
        put("clusters", id=cluster.id, **of_cluster, status_reason="", document=text, revision=7)
        of_operation = {"cluster_id": cluster.id, "cluster_name": "demo", "kind": "create", "phase": "spawn"}
        of_operation |= {"request": '{"n":1}', "state": "{}", "owner": "host:1:2"}
        put("operations", id="op-1", status="failed", error='{"code":"X"}', **of_operation)
        put("operations", id="op-2", status="running", error=None, **of_operation)
        put("journal", operation_id="op-2", sequence=1, phase="spawn", attempt=1, outcome="started", detail='{"x":1}')
        of_event = {"operation_id": "op-2", "cluster_name": "demo", "kind": event.kind.value, "time": moment}
        put("events", **of_event, phase="", step="", host="", message="as it was", data="{}")
        job = JobExecution("job-1", "demo", JobSpec("Spark", main="pi.py"), created_at=NOW)
        put("jobs", id=job.id, cluster_name="demo", status=job.status.value, document=documents.of_job(job))
        if "claims" in made.tables:
            of_claim = {"cluster_id": cluster.id, "cluster_name": "demo", "since": moment, "info": "{}"}
            put("claims", provider="ssh", machine_id="host-1", token="token-1", **of_claim)


def dated(cluster):
    """A cluster as a store would have dated it."""
    return evolve(cluster, created_at=NOW, updated_at=NOW)


def _migrate(connection, revision):
    """Bring a database to an earlier revision: what a store of that version was."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_migrations_run_once(database):
    """Opening again changes nothing."""
    for _ in range(2):
        bring_up_to_date(database)
    with database.reading() as connection:
        assert revision_of(connection) == REVISION


def test_a_migration_that_fails_leaves_nothing(database):
    """All tables are made, or none is."""
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE jobs (something TEXT)")
    with pytest.raises(SeraiError):
        bring_up_to_date(database)
    with database.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    assert tables == ["jobs"]


def test_a_store_of_a_later_version_is_left_alone(url, database):
    """And the error says so."""
    Store.open(url).close()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SeraiError) as refused:
        Store.open(url)
    assert refused.value.code == "STORE_TOO_NEW"


def test_a_store_is_opened_quickly(url):
    """Less than a second of work when it is new, less than a tenth of one after that."""
    seconds = []
    for _ in range(4):
        began = time.process_time()  # others may be at work on the machine
        Store.open(url).close()
        seconds.append(time.process_time() - began)
    assert seconds[0] < 1
    assert min(seconds[1:]) < 0.1
