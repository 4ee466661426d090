"""PostgreSQL: how its connections are made, and how its transactions begin.

No connection waits for ever: not for a server that vanished, not for a lock, and no other connection waits for a
process that was stopped in the middle of a transaction, for the server ends that.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from serai.engine.store.turns import writes
from serai.hookspec.errors import SeraiError

STALLED_SECONDS: Final = 10.0
"""How long a transaction may do nothing before the server ends it: its owner is paused, or gone with its machine."""

_TURN: Final = 0x5E4A1  # names the advisory lock that writers take turns by
_PATIENCE_OF_THE_WIRE: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds; the others are seconds
}


def on_server(url: str, patience: float) -> tuple[Engine, Callable[[], None]]:
    """A database on a server, and what closes the connections to it. What the URL says of a connection holds.

    Args:
        url: of the database.
        patience: seconds to wait for a connection or for a lock.

    Raises:
        SeraiError: the URL cannot be read, or the driver is not installed (code STORE_URL).
    """

    def begin(connection: Connection) -> None:
        if writes(connection):
            _take_turn(connection, patience)

    given = _parsed(url).query
    wire = {name: value for name, value in _PATIENCE_OF_THE_WIRE.items() if name not in given}
    try:
        engine = create_engine(url, connect_args=wire, pool_pre_ping=True, pool_timeout=patience, hide_parameters=True)
    except ImportError as error:
        raise SeraiError(
            "PostgreSQL needs a driver that is not installed", code="STORE_URL", hint="pip install serai[postgresql]"
        ) from error
    event.listen(engine, "begin", begin)
    return engine, engine.dispose


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise SeraiError(
            "the URL of the store cannot be read",
            code="STORE_URL",
            hint="write postgresql+psycopg://user:password@host:5432/database; in a password, : as %3A and / as %2F",
        ) from None  # what it was raised from may quote the URL, and the password in it


def _take_turn(connection: Connection, patience: float) -> None:
    stalled = f"SET LOCAL idle_in_transaction_session_timeout = {round(STALLED_SECONDS * 1000)}"
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1000)}; {stalled}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")


def server_clock(connection: Connection) -> float:
    """Seconds by the server's clock, whatever the clock of this machine says."""
    seconds: float = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
    return seconds
