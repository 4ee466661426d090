"""Stores as earlier versions of Serai left them: dumps of what their own code wrote, in ``unit/store/earlier``."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, DateTime, MetaData, Table, insert

from serai.engine.store.database import Database
from serai.engine.store.tables import REVISION
from serai.engine.store.upgrade import MIGRATIONS

EARLIER: Final = [f"{number:04}" for number in range(1, int(REVISION))]
"""All revisions but the newest; each must have its dump."""

_DUMPS: Final = Path(__file__).parent / "unit" / "store" / "earlier"


def fill(database: Database, revision: str) -> None:
    """Make a database what it was when that revision was the newest, with something in each of its tables.

    Its operation ``op-1`` on the cluster ``demo`` failed, and ``op-2`` was cut short while it configured.
    """
    dump = sqlite3.connect(":memory:")
    dump.executescript((_DUMPS / f"{revision}.sql").read_text())
    dump.row_factory = sqlite3.Row
    with database.writing() as connection:
        _migrate(connection, revision)
        made = MetaData()
        made.reflect(connection)
        for table in made.sorted_tables:
            if table.name not in ("alembic_version", "sqlite_sequence"):
                for row in dump.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - a name of ours
                    connection.execute(insert(table).values(**_values(table, dict(row))))
    dump.close()


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    moments = {column.name for column in table.columns if isinstance(column.type, DateTime)}
    if table.name == "events":
        del row["sequence"]  # the database numbers them
    return {name: _moment(value) if name in moments and value else value for name, value in row.items()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
