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
from sqlalchemy import inspect

from serai.engine.store import clusters, events, operations
from serai.engine.store.database import Database
from serai.engine.store.documents import Documents
from serai.engine.store.location import located
from serai.engine.store.records import JournalEntry
from serai.engine.store.store import Store
from serai.engine.store.tables import REVISION, metadata
from serai.engine.store.upgrade import MIGRATIONS, bring_up_to_date, revision_of
from serai.engine.store.vault import Vault
from serai.hookspec.access import Claim
from serai.hookspec.errors import SeraiError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


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


def test_a_store_of_the_first_version_keeps_what_it_holds(url, database, make_cluster, make_operation, make_event):
    """And can do from then on what came later."""
    with database.writing() as connection:
        _migrate(connection, "0001")
    with database.reading() as connection:
        assert not inspect(connection).has_table("claims")
    record, line = make_operation(), JournalEntry("op-1", "spawn", 1, "started", NOW)
    document = Documents(Vault(None, None, ephemeral=True)).of_cluster(cluster := dated(make_cluster()))
    with database.writing() as connection:
        clusters.add(connection, cluster, document)
        operations.add(connection, evolve(record, created_at=NOW))
        operations.note(connection, line)
        events.add(connection, make_event(message="as it was"))
    with Store.open(url) as store:
        assert store.cluster("demo") == cluster
        assert store.operation("op-1") == evolve(record, created_at=NOW)
        assert store.journal_of("op-1") == [evolve(line, sequence=1)]
        assert [event.message for event in store.events()] == ["as it was"]
        claim = Claim("host-1", cluster.id, cluster.name, "token-1", NOW)
        assert store.take_claim("ssh", claim) == claim


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
    """Less than a second when it is new, less than a tenth of one after that."""
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        Store.open(url).close()
        seconds.append(time.perf_counter() - began)
    assert seconds[0] < 1
    assert min(seconds[1:]) < 0.1
