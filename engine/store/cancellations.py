"""Statements on cancellations, within a transaction of the caller's: which operations were asked to stop.

Whoever asks is seldom the engine that acts for the operation: that one reads it here, and so does whoever takes the
operation up after it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select

from serai.engine.store.operations import one
from serai.engine.store.tables import cancellations
from serai.hookspec.errors import WrongStatus


def ask(connection: Connection, operation_id: str, at: datetime) -> None:
    """Ask an operation to stop; asking once more changes nothing.

    Raises:
        WrongStatus: it has ended.
    """
    record = one(connection, operation_id)
    if record.status.is_final:
        raise WrongStatus(f"operation {operation_id} has ended ({record.status})", place=record.cluster_name)
    if not asked(connection, [operation_id]):
        connection.execute(insert(cancellations).values(operation_id=operation_id, asked_at=at))


def asked(connection: Connection, operation_ids: Collection[str]) -> set[str]:
    """Those of some operations that were asked to stop."""
    query = select(cancellations.c.operation_id).where(cancellations.c.operation_id.in_(operation_ids))
    return set(connection.execute(query).scalars())
