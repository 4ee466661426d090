"""SQLite, in a file or in memory: how its connections are made, and how its transactions begin."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from serai.engine.store.turns import writes
from serai.hookspec.errors import SeraiError

_PRAGMAS: Final = (
    "journal_mode = WAL",  # readers and a writer work side by side; memory keeps its own mode
    "synchronous = NORMAL",  # a kill loses nothing; a power failure may lose the last moments, never more
    "foreign_keys = ON",
)


def in_memory(patience: float) -> tuple[Engine, Callable[[], None]]:
    """A database that ends with the process, and what closes it.

    One connection that threads take turns with: the pool hands it to one at a time. SQLite's shared cache would lock
    table by table and refuse instead of waiting; a StaticPool would let two threads into one transaction.

    Args:
        patience: seconds to wait for the connection.
    """
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, factory=_Lasting)
    engine = _engine(lambda: _rewound(connection), size=1, patience=patience)

    def dispose() -> None:
        engine.dispose()
        connection.end()

    return engine, dispose


def in_file(path: Path, patience: float) -> tuple[Engine, Callable[[], None]]:
    """A database in a file, whose directory is made where it is missing, and what closes it.

    Args:
        path: of the file.
        patience: seconds to wait for a lock of another process.

    Raises:
        SeraiError: the directory cannot be made (code STORE_ERROR).
    """

    file = _File(path)

    def connect() -> sqlite3.Connection:
        file.check()  # connecting would make another one
        return sqlite3.connect(path, timeout=patience, check_same_thread=False, isolation_level=None)

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SeraiError(
            f"the directory {path.parent} cannot be made ({error.strerror})",
            code="STORE_ERROR",
            place=str(path),
            hint="make it, or name another place: --store URL, or $SERAI_STORE",
        ) from error
    engine = _engine(connect, size=5, patience=patience)
    event.listen(engine, "begin", lambda _: file.check())
    return engine, engine.dispose


def _engine(connect: Callable[[], sqlite3.Connection], *, size: int, patience: float) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: Any, record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin as what the transaction is: one that reads first and writes later could meet another and both be stuck."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes(connection) else "BEGIN")


class _File:
    """The file a database was opened in: connections go on with one that was removed, and nobody else sees it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, int] | None = None

    def check(self) -> None:
        """Take note of the file, or see that it is the same still.

        Raises:
            SeraiError: it was removed or replaced (code STORE_GONE).
        """
        found = self._identity()
        if self._known is None:
            self._known = found
        elif found != self._known:
            what = "replaced" if found else "removed"
            raise SeraiError(
                f"the file was {what} while it was in use; what was stored since is lost",
                code="STORE_GONE",
                place=str(self._path),
                hint="put a backup in its place; see which machines no cluster has (serai orphans), and go on",
            )

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


class _Lasting(sqlite3.Connection):
    """A connection that outlives the pool's opinion of it.

    SQLAlchemy drops a connection when an interrupt (Ctrl-C) comes in the middle of a statement; with this one the
    whole store would be gone.
    """

    def close(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Close for good."""
        super().close()


def _rewound(connection: _Lasting) -> _Lasting:
    if connection.in_transaction:
        connection.rollback()
    return connection
