"""The database: connections, and transactions that read or write."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from serai.engine.store.failures import told
from serai.engine.store.location import InFile, InMemory, Location, OnServer
from serai.hookspec.errors import SeraiError

_WRITES: Final = "serai_writes"
_PRAGMAS: Final = (
    "journal_mode = WAL",  # readers and a writer work side by side; memory keeps its own mode
    "synchronous = NORMAL",  # a kill loses nothing; a power failure may lose the last moments, never more
    "foreign_keys = ON",
)
_TURN: Final = 0x5E4A1  # names the advisory lock that writers on a server take turns by


class Database:
    """Transactions on one database, from any thread.

    Args:
        location: where it is.
        patience: seconds to wait for a lock that another process or thread holds.
    """

    def __init__(self, location: Location, *, patience: float = 30.0) -> None:
        self.place = str(location)
        self._patience = patience
        self._closed = False
        # SQLite has one writer at a time. Within a process a lock is a fairer and faster queue than SQLite's polling.
        self._writing: threading.Lock | None = None if isinstance(location, OnServer) else threading.Lock()
        with told(self.place):
            self._engine, self._dispose = _opened(location, patience)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database.

        Raises:
            SeraiError: with the code STORE_LOCKED, STORE_FULL, STORE_ERROR or STORE_CLOSED.
        """
        self._refuse_if_closed()
        with told(self.place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, undone when anything raises.

        Writers take turns, on every database: what one has read nobody else changes until it has committed.

        Raises:
            SeraiError: with the code STORE_LOCKED, STORE_FULL, STORE_ERROR or STORE_CLOSED.
        """
        self._refuse_if_closed()
        with told(self.place), self._turn(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections. Harmless when closed already."""
        self._closed = True
        self._dispose()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise SeraiError("the store was closed", code="STORE_CLOSED", place=self.place, hint="open it again")

    def _turn(self) -> AbstractContextManager[object]:
        """Hold the turn of this process; on a server the transaction takes it, for all processes."""
        if self._writing is None:
            return nullcontext()
        if not self._writing.acquire(timeout=self._patience):
            raise SeraiError(
                f"another thread wrote for more than {self._patience:g} s", code="STORE_LOCKED", place=self.place
            )
        return _released(self._writing)


@contextmanager
def _released(lock: threading.Lock) -> Iterator[None]:
    try:
        yield
    finally:
        lock.release()


def _opened(location: Location, patience: float) -> tuple[Engine, Callable[[], None]]:
    """An engine, and what closes it."""
    match location:
        case InMemory():
            return _in_memory(patience)
        case InFile(path):
            return _in_file(path, patience)
        case OnServer(url):
            return _on_server(url, patience)


def _in_memory(patience: float) -> tuple[Engine, Callable[[], None]]:
    """One connection that threads take turns with: the pool hands it to one at a time.

    SQLite's shared cache would lock table by table and refuse instead of waiting; a StaticPool would let two
    threads into one transaction.
    """
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, factory=_Lasting)
    engine = _sqlite(lambda: _rewound(connection), size=1, patience=patience)

    def dispose() -> None:
        engine.dispose()
        connection.end()

    return engine, dispose


def _in_file(path: Path, patience: float) -> tuple[Engine, Callable[[], None]]:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=patience, check_same_thread=False, isolation_level=None)

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SeraiError(
            f"the directory {path.parent} cannot be made ({error.strerror})", code="STORE_ERROR", place=str(path)
        ) from error
    engine = _sqlite(connect, size=5, patience=patience)
    return engine, engine.dispose


def _on_server(url: str, patience: float) -> tuple[Engine, Callable[[], None]]:
    def take_turn(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")

    try:
        engine = create_engine(url, pool_pre_ping=True, pool_timeout=patience, hide_parameters=True)
    except ImportError as error:
        raise SeraiError(
            "PostgreSQL needs a driver that is not installed", code="STORE_URL", hint="pip install serai[postgresql]"
        ) from error
    event.listen(engine, "begin", take_turn)
    return engine, engine.dispose


def _sqlite(connect: Callable[[], sqlite3.Connection], *, size: int, patience: float) -> Engine:
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
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


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
