"""Bringing a database to the newest tables, from nothing or from any older ones."""

import threading
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from serai.engine.store.database import Database
from serai.engine.store.tables import REVISION
from serai.hookspec.errors import SeraiError

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_ALEMBIC: Final = threading.Lock()  # Alembic hands its context to env.py through module globals


def bring_up_to_date(database: Database) -> None:
    """Run the migrations a database lacks, all or none of them; does next to nothing when it lacks none.

    Raises:
        SeraiError: with the code STORE_TOO_NEW, when a later Serai made it.
    """
    with database.reading() as connection:
        found = revision_of(connection)
    if found == REVISION:
        return
    with _ALEMBIC, database.writing() as connection:
        if revision_of(connection) != REVISION:  # or another process was quicker
            _migrate(connection, database.place)


def revision_of(connection: Connection) -> str | None:
    """The newest migration that was run on a database; None for one without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection, place: str) -> None:
    from alembic import command  # takes longer to import than an up-to-date store to open
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SeraiError(
            "the tables are of a later version of Serai",
            code="STORE_TOO_NEW",
            place=place,
            hint="upgrade Serai, or name another store",
        ) from error
