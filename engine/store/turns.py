"""Which transactions write: those take turns, on every database."""

from typing import Final

from sqlalchemy import Connection, Engine

_WRITES: Final = "serai_writes"


def writer(engine: Engine) -> Engine:
    """The same engine, for transactions that write."""
    return engine.execution_options(**{_WRITES: True})


def writes(connection: Connection) -> bool:
    """Whether the transaction that begins on a connection writes."""
    return bool(connection.get_execution_options().get(_WRITES, False))
