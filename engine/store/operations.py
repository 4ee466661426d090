"""Statements on operations and their journal, within a transaction of the caller's."""

from typing import Any

from attrs import evolve
from sqlalchemy import Connection, Row, func, insert, select, update

from serai.engine.store.records import JournalEntry, OperationRecord, busy
from serai.engine.store.tables import is_unfinished, journal, operations
from serai.hookspec.errors import NotFound, WrongStatus

_FIELDS = [column for column in operations.columns if column is not operations.c.sequence]
_LAST = select(func.coalesce(func.max(operations.c.sequence), 0)).scalar_subquery()


def add(connection: Connection, record: OperationRecord) -> None:
    """Insert a new operation."""
    connection.execute(insert(operations).values(**_columns(record), sequence=_LAST + 1))


def save(connection: Connection, record: OperationRecord) -> None:
    """Update an operation that is there.

    Raises:
        NotFound: it is not there.
    """
    done = connection.execute(update(operations).where(operations.c.id == record.id).values(**_columns(record)))
    if done.rowcount == 0:
        raise _not_found(record.id)


def one(connection: Connection, operation_id: str) -> OperationRecord:
    """The operation of an id.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(*_FIELDS).where(operations.c.id == operation_id)).first()
    if row is None:
        raise _not_found(operation_id)
    return _record(row)


def some(connection: Connection, cluster_name: str | None, *, unfinished: bool) -> list[OperationRecord]:
    """Operations in the order they were stored."""
    query = select(*_FIELDS).order_by(operations.c.sequence)
    if cluster_name is not None:
        query = query.where(operations.c.cluster_name == cluster_name)
    if unfinished:
        query = query.where(is_unfinished)
    return [_record(row) for row in connection.execute(query)]


def refuse_if_busy(connection: Connection, record: OperationRecord) -> None:
    """Check that no other operation is at work on the cluster of this one.

    Raises:
        ClusterBusy: one is.
    """
    other = connection.execute(
        select(*_FIELDS).where(
            operations.c.cluster_id == record.cluster_id,
            operations.c.id != record.id,
            is_unfinished,
        )
    ).first()
    if other is not None:
        raise busy(_record(other))


def refuse_if_not_last(connection: Connection, record: OperationRecord, after: str) -> None:
    """Check that no operation on the cluster of this one came after another.

    Raises:
        WrongStatus: one did (code CLUSTER_CHANGED).
    """
    mine = operations.c.cluster_id == record.cluster_id
    query = select(*_FIELDS).where(mine).order_by(operations.c.sequence.desc()).limit(1)
    last = _record(connection.execute(query).one())
    if last.id != after:
        raise WrongStatus(
            f"cluster {record.cluster_name} has changed since it was looked at: {last.kind} {last.id} {last.status}",
            code="CLUSTER_CHANGED",
            place=record.cluster_name,
            hint=f"see how it is now: serai show {record.cluster_name}; then try again",
            details={"operation": f"{last.kind} {last.id}", "status": last.status.value},
        )


def note(connection: Connection, entry: JournalEntry) -> JournalEntry:
    """Append a line to the journal of an operation."""
    mine = journal.c.operation_id == entry.operation_id
    last = connection.execute(select(func.max(journal.c.sequence)).where(mine)).scalar()
    noted = evolve(entry, sequence=(last or 0) + 1)
    connection.execute(insert(journal).values(**{column.name: getattr(noted, column.name) for column in journal.c}))
    return noted


def noted(connection: Connection, operation_id: str) -> list[JournalEntry]:
    """The journal of an operation, from its first line."""
    query = select(journal).where(journal.c.operation_id == operation_id).order_by(journal.c.sequence)
    return [JournalEntry(**row._mapping) for row in connection.execute(query)]


def _not_found(operation_id: str) -> NotFound:
    return NotFound(f"there is no operation {operation_id}", code="OPERATION_NOT_FOUND", place=operation_id)


def _columns(record: OperationRecord) -> dict[str, Any]:
    return {column.name: getattr(record, column.name) for column in _FIELDS}


def _record(row: Row[Any]) -> OperationRecord:
    return OperationRecord(**row._mapping)
