"""The database: connections, and transactions that read or write, tried again when the server was away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Generic, TypeVar

from sqlalchemy import Connection, Engine

from serai.engine.store import commits, postgresql, sqlite
from serai.engine.store.clocks import SERVER_CLOCK, Tick, Ticks, machine_clock
from serai.engine.store.failures import told
from serai.engine.store.location import InFile, InMemory, Location, OnServer
from serai.engine.store.perseverance import persist
from serai.engine.store.turns import writer
from serai.hookspec.errors import SeraiError

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds to wait for a lock that another holds, or for a server that is away."""


class Database:
    """Transactions on one database, from any thread.

    Args:
        location: where it is.
        patience: seconds to wait for a lock that another process or thread holds, or for a server that is away.
        ticks: the clock of leases; the server's, or this machine's where there is none, when left out.
    """

    def __init__(self, location: Location, *, patience: float = PATIENCE, ticks: Ticks | None = None) -> None:
        self.place = str(location)
        self.patience = patience
        self._closed = False
        self._ticks = ticks or (None if isinstance(location, OnServer) else machine_clock)
        # SQLite has one writer at a time. Within a process a lock is a fairer and faster queue than SQLite's polling.
        self._writing: threading.Lock | None = None if isinstance(location, OnServer) else threading.Lock()
        with told(self.place):
            self._engine, self._dispose = _opened(location, patience)
        self._writer = writer(self._engine)

    def read(self, work: Callable[[Connection], T], *, patience: float | None = None) -> T:
        """Do something in a transaction that sees one state of the database; again, when the server was away.

        Args:
            work: what; it may be called several times.
            patience: seconds to try for, when not the database's own.

        Raises:
            SeraiError: with the code STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL, STORE_ERROR or STORE_CLOSED.
        """

        def once() -> T:
            with self.reading() as connection:
                return work(connection)

        return persist(once, self.patience if patience is None else patience)

    def write(self, work: Callable[[Connection], T], *, patience: float | None = None) -> T:
        """Do something in a transaction that may write: once and whole, or not at all.

        Writers take turns, on every database: what one has read nobody else changes until it has committed. It is
        tried again when the server was away; when that went away while it committed, it is seen first whether it did.

        Args:
            work: what; it may be called several times, and all but its last call are undone.
            patience: seconds to try for, when not the database's own.

        Raises:
            SeraiError: with the code STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL, STORE_ERROR or STORE_CLOSED.
        """
        return persist(_Write(self, work), self.patience if patience is None else patience)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database, tried once.

        Raises:
            SeraiError: as of :meth:`read`.
        """
        self._refuse_if_closed()
        with told(self.place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, tried once; committed at the end, undone when anything raises.

        Raises:
            SeraiError: as of :meth:`write`.
        """
        self._refuse_if_closed()
        with told(self.place), self._turn(), self._writer.begin() as connection:
            yield connection

    def tick(self, connection: Connection) -> Tick:
        """The moment by the clock that all who share this database have in common."""
        return self._ticks() if self._ticks else Tick(SERVER_CLOCK, postgresql.server_clock(connection))

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
        if not self._writing.acquire(timeout=self.patience):
            raise SeraiError(
                f"another thread wrote for more than {self.patience:g} s", code="STORE_LOCKED", place=self.place
            )
        return _released(self._writing)


class _Write(Generic[T]):
    """One write, for as many calls as it takes until it is known to be done."""

    def __init__(self, database: Database, work: Callable[[Connection], T]) -> None:
        self._database = database
        self._work = work
        self._doubtful: tuple[commits.Signature, T] | None = None

    def __call__(self) -> T:
        with self._database.writing() as connection:
            if self._doubtful is not None and commits.was_committed(connection, self._doubtful[0]):
                return self._doubtful[1]
            result = self._work(connection)
            signature = commits.sign(connection)
            self._doubtful = None if signature is None else (signature, result)  # until the commit is answered
        return result


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
            return sqlite.in_memory(patience)
        case InFile(path):
            return sqlite.in_file(path, patience)
        case OnServer(url):
            return postgresql.on_server(url, patience)
