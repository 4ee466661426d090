"""Statements on leases, within a transaction of the caller's: who may act for an operation, and until when.

An operation that has not ended is held by at most one engine. Each time one takes it up the operation's ``attempt``
rises; it is the fencing token: whoever writes for the operation names the attempt that it is, and is refused when there
was a later one. So an owner that was paused, and does not know that its lease was taken, changes nothing any more.
"""

from collections.abc import Callable, Collection
from typing import Final

from attrs import asdict, evolve, frozen
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from serai.engine.store.clocks import Tick
from serai.engine.store.operations import one
from serai.engine.store.records import Lease, OperationRecord, busy, process_of
from serai.engine.store.tables import is_unfinished, leases, operations
from serai.hookspec.errors import LeaseLost, WrongStatus

IsGone = Callable[[str], bool]
"""Tells of a holder whether it is known to act no more."""

_HOLDS: Final = (  # one statement for all: it goes before each write, and making it costs as much as carrying it out
    select(operations.c.id)
    .join(leases, leases.c.operation_id == operations.c.id)
    .where(
        operations.c.id == bindparam("operation_id"),
        operations.c.attempt == bindparam("token"),
        leases.c.holder == bindparam("holder"),
    )
)


@frozen
class _Held:
    """Who has an operation, and until when by which clock."""

    holder: str
    clock: str
    expires: float


def grant(connection: Connection, lease: Lease, now: Tick, seconds: float) -> None:
    """Give an operation to a holder, whoever had it."""
    drop(connection, lease)
    values = {"holder": lease.holder, "clock": now.clock, "expires": now.seconds + seconds}
    connection.execute(insert(leases).values(operation_id=lease.operation_id, **values))


def take(
    connection: Connection, operation_id: str, holder: str, now: Tick, seconds: float, is_gone: IsGone
) -> tuple[OperationRecord, str]:
    """Take an operation that nobody acts for; returns it, as it now is, and who had it.

    Args:
        connection: of a transaction that writes.
        operation_id: which.
        holder: who takes it.
        now: the moment.
        seconds: how long the lease lasts.
        is_gone: tells of the holder so far whether it is known to act no more; its lease then needs not run out.

    Raises:
        WrongStatus: the operation has ended.
        ClusterBusy: somebody acts for it.
    """
    record = one(connection, operation_id)
    if record.status.is_final:
        raise WrongStatus(f"operation {operation_id} has ended ({record.status})", place=record.cluster_name)
    if not _is_free(_held(connection, operation_id), now, is_gone):
        raise busy(record)
    taken = evolve(record, owner=holder, attempt=record.attempt + 1)
    connection.execute(
        update(operations).where(operations.c.id == operation_id).values(owner=taken.owner, attempt=taken.attempt)
    )
    grant(connection, Lease(operation_id, taken.attempt, holder), now, seconds)
    return taken, record.owner


def free(connection: Connection, now: Tick, is_gone: IsGone) -> list[str]:
    """The operations that have not ended and that nobody acts for, the oldest first."""
    query = (
        select(operations.c.id, leases.c.holder, leases.c.clock, leases.c.expires)
        .outerjoin(leases, leases.c.operation_id == operations.c.id)
        .where(is_unfinished)
        .order_by(operations.c.sequence)
    )
    found = ((row.id, None if row.holder is None else _Held(*row[1:])) for row in connection.execute(query))
    return [operation_id for operation_id, held in found if _is_free(held, now, is_gone)]


def renew(connection: Connection, held: Collection[Lease], now: Tick, seconds: float) -> set[Lease]:
    """Have leases last from now on; returns those that are their holder's still, whether they had run out or not."""
    kept = {lease for lease in held if _holds(connection, lease)}
    ids = [lease.operation_id for lease in kept]
    values = {"clock": now.clock, "expires": now.seconds + seconds}
    connection.execute(update(leases).where(leases.c.operation_id.in_(ids)).values(**values))
    return kept


def check(connection: Connection, lease: Lease) -> None:
    """Come here before writing for an operation, in the same transaction.

    Raises:
        LeaseLost: it is another's by now, or has ended.
    """
    if not _holds(connection, lease):
        raise lost(one(connection, lease.operation_id))


def drop(connection: Connection, lease: Lease) -> None:
    """End a lease."""
    connection.execute(delete(leases).where(leases.c.operation_id == lease.operation_id))


def lost(record: OperationRecord) -> LeaseLost:
    """The error for who acts for an operation that is another's by now."""
    ended = record.status.is_final
    what = f"it has ended ({record.status})" if ended else f"{process_of(record.owner)} goes on with it"
    return LeaseLost(
        f"{record.kind} {record.cluster_name} is not this engine's any more: {what}",
        place=record.cluster_name,
        hint=f"follow it: serai events {record.cluster_name} -f",
        details={"operation": f"{record.kind} {record.id}", "owner": record.owner},
    )


def _holds(connection: Connection, lease: Lease) -> bool:
    return connection.execute(_HOLDS, asdict(lease)).first() is not None


def _held(connection: Connection, operation_id: str) -> _Held | None:
    query = select(leases.c.holder, leases.c.clock, leases.c.expires).where(leases.c.operation_id == operation_id)
    row = connection.execute(query).first()
    return None if row is None else _Held(*row)


def _is_free(held: _Held | None, now: Tick, is_gone: IsGone) -> bool:
    return held is None or held.clock != now.clock or held.expires <= now.seconds or is_gone(held.holder)
