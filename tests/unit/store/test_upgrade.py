"""The tables: made by the migrations, and the same as the code's."""

import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from serai.engine.store.database import Database
from serai.engine.store.location import located
from serai.engine.store.store import Store
from serai.engine.store.tables import REVISION, metadata
from serai.engine.store.upgrade import MIGRATIONS, bring_up_to_date, revision_of
from serai.hookspec.errors import SeraiError


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
