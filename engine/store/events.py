"""Statements on events, within a transaction of the caller's."""

from typing import Final

from attrs import evolve
from sqlalchemy import Connection, insert, select

from serai.engine.store.tables import events
from serai.hookspec.listening import Event, EventKind

_INSERT: Final = insert(events)  # one statement for all: making it costs as much as carrying it out


def add(connection: Connection, event: Event) -> Event:
    """Append an event, and return it with its sequence."""
    done = connection.execute(
        _INSERT,
        {
            "kind": event.kind.value,
            "cluster_name": event.cluster,
            "operation_id": event.operation,
            "time": event.time,
            "phase": event.phase,
            "step": event.step,
            "host": event.host,
            "message": event.message,
            "data": event.data,
        },
    )
    return evolve(event, sequence=done.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted


def some(
    connection: Connection, *, cluster: str | None, operation: str | None, after: int, limit: int | None
) -> list[Event]:
    """Events in the order they were stored."""
    query = select(events).where(events.c.sequence > after).order_by(events.c.sequence)
    if cluster is not None:
        query = query.where(events.c.cluster_name == cluster)
    if operation is not None:
        query = query.where(events.c.operation_id == operation)
    if limit is not None:
        query = query.limit(limit)
    return [
        Event(
            kind=EventKind(row.kind),
            cluster=row.cluster_name,
            operation=row.operation_id,
            time=row.time,
            phase=row.phase,
            step=row.step,
            host=row.host,
            message=row.message,
            data=row.data,
            sequence=row.sequence,
        )
        for row in connection.execute(query)
    ]
