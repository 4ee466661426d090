"""The tables: made by the migrations, and the same as the code's."""

import time
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from earlier_stores import EARLIER, fill

from serai.engine.store.database import Database
from serai.engine.store.location import located
from serai.engine.store.records import JournalEntry, OperationStatus
from serai.engine.store.store import Store
from serai.engine.store.tables import REVISION, metadata
from serai.engine.store.upgrade import MIGRATIONS, bring_up_to_date, revision_of
from serai.hookspec.access import Claim
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


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
def test_a_store_of_an_earlier_version_keeps_what_it_holds(url, database, revision):
    """And can do from then on what came later."""
    fill(database, revision)
    with Store.open(url) as store:
        cluster = store.cluster("demo")
        assert (cluster.status, cluster.created_at) == (ClusterStatus.CONFIGURING, NOW)
        assert [(group.name, group.count, group.min_ready) for group in cluster.node_groups] == [
            ("master", 1, None),
            ("workers", 2, 1),
        ]
        assert [instance.client_token for instance in cluster.instances] == ["t-demo-master-1", "t-demo-workers-1"]
        ended, unfinished = store.operations("demo")
        assert (ended.status, ended.error["code"], ended.request) == (OperationStatus.FAILED, "TIMEOUT", {"n": 1})
        assert (unfinished.status, unfinished.owner, unfinished.attempt) == (OperationStatus.RUNNING, "host:1:2", 1)
        line = JournalEntry("op-2", "configure", 1, "started", NOW, {"x": 1}, sequence=1)
        assert store.journal_of("op-2") == [line]
        assert [(event.message, event.data) for event in store.events()] == [("Configuring", {"a": [1]})]
        assert [(job.id, job.spec.args) for job in store.jobs()] == [("job-1", ("10",))]
        assert list(store.claims("ssh")) == (["host-1"] if revision >= "0002" else [])
        claim = Claim("host-2", cluster.id, cluster.name, "token-2", NOW)
        assert store.take_claim("ssh", claim) == claim


@pytest.mark.parametrize("revision", EARLIER)
def test_an_operation_that_an_earlier_version_left_unfinished_can_be_taken_up(url, database, revision, end):
    """Nobody held leases then: it is free, and ends as any other."""
    fill(database, revision)
    with Store.open(url) as store:
        assert store.free_operations() == ["op-2"]
        record, lease = store.take_operation("op-2", "me")
        assert (record.attempt, lease.token, store.free_operations()) == (2, 2, [])
        end(store, lease)
        assert [line.outcome for line in store.journal_of("op-2")] == ["started", "taken"]
        assert store.operations(unfinished=True) == []


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
