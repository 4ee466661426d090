"""What can go wrong with a database, told as errors of Serai."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import frozen
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from serai.engine.store.perseverance import UNAVAILABLE
from serai.hookspec.errors import SeraiError


@frozen
class Failure:
    """How one kind of database error is told.

    Attributes:
        code: the error's code.
        message: what is wrong.
        hint: what to do next.
    """

    code: str
    message: str
    hint: str

    def error(self, place: str, said: object) -> SeraiError:
        """The error, with what the database said."""
        return SeraiError(f"{self.message} ({said})", code=self.code, place=place, hint=self.hint)


_LOCKED: Final = Failure(
    "STORE_LOCKED",
    "another process holds the database for too long",
    "try again; if it stays so, see which process has the database open and end it",
)
_FULL: Final = Failure("STORE_FULL", "there is no room left for the database", "free some disk space, then try again")
_READ_ONLY: Final = Failure(
    "STORE_ERROR", "the database cannot be written to", "check the owner and mode of its file and of its directory"
)
_CORRUPT: Final = Failure(
    "STORE_ERROR", "the database is damaged", "restore it from a backup, or recover it with the sqlite3 command"
)
_UNREADABLE: Final = Failure(
    "STORE_ERROR", "the file is not a database of Serai", "name another file; this one was left as it is"
)
_UNREACHABLE: Final = Failure(
    "STORE_ERROR", "the database cannot be opened", "check that its place exists and may be entered"
)
AWAY: Final = Failure(
    UNAVAILABLE,
    "the database server does not answer, or lets nobody in",
    "see whether it runs and can be reached, and whether user, password and database are right, then try again",
)
_IO: Final = Failure("STORE_ERROR", "the disk below the database does not answer as it should", "check the disk")
_OTHER: Final = Failure("STORE_ERROR", "the database refused", "what it said stands in brackets")

_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_NOTADB: _UNREADABLE,
    sqlite3.SQLITE_CANTOPEN: _UNREACHABLE,
    sqlite3.SQLITE_IOERR: _IO,
}
_SQLSTATES: Final = {
    "08000": AWAY,
    "08001": AWAY,
    "08003": AWAY,
    "08004": AWAY,
    "08006": AWAY,
    "25006": _READ_ONLY,
    "25P03": AWAY,  # this process was paused in the middle of a transaction, and the server ended it
    "40001": _LOCKED,
    "40P01": _LOCKED,
    "42501": _READ_ONLY,
    "53100": _FULL,
    "53300": AWAY,  # too many connections
    "55P03": _LOCKED,
    "57P01": AWAY,  # shutting down
    "57P02": AWAY,  # a process of it crashed
    "57P03": AWAY,  # starting up
    "XX001": _CORRUPT,
}


def failure_of(error: SQLAlchemyError) -> Failure:
    """How a database error is to be told."""
    if isinstance(error, PoolTimeout):
        return _LOCKED
    original = error.orig if isinstance(error, StatementError) else None
    if isinstance(original, sqlite3.Error):
        primary = getattr(original, "sqlite_errorcode", 0) & 0xFF  # the upper bits only refine it
        return _SQLITE.get(primary, _OTHER)
    state = getattr(original, "sqlstate", None)
    if isinstance(error, OperationalError | InterfaceError) and state is None:
        return AWAY  # a server that never answered gives no state
    return _SQLSTATES.get(str(state), _OTHER)


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn what SQLAlchemy raises inside into SeraiError.

    Args:
        place: which store, for the error.

    Raises:
        SeraiError: with the code STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL or STORE_ERROR.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise failure_of(error).error(place, error.orig if isinstance(error, StatementError) else error) from error
