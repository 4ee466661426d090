"""Operations in the store: begun, taken up by one engine after another, and what is on record of them."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from attrs import evolve
from sqlalchemy import Connection

from serai.engine.store import cancellations, clusters, leases, operations
from serai.engine.store.clocks import LEASE_SECONDS
from serai.engine.store.database import Database
from serai.engine.store.documents import Documents
from serai.engine.store.leases import IsGone
from serai.engine.store.records import JournalEntry, Lease, OperationRecord
from serai.hookspec.cluster import Cluster

T = TypeVar("T")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


class Ledger:
    """What engines that share a store take turns by: each operation is one engine's at a time.

    Args:
        database: where the tables are, up to date.
        documents: what reads and writes what is in them.
        clock: tells the time, in UTC.
    """

    def __init__(self, database: Database, documents: Documents, clock: Clock = utc_now) -> None:
        self._database = database
        self._documents = documents
        self._clock = clock

    def close(self) -> None:
        """Close it. Harmless when closed already."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def begin_operation(
        self,
        record: OperationRecord,
        cluster: Cluster | None = None,
        *,
        after: str | None = None,
        seconds: float = LEASE_SECONDS,
    ) -> Lease:
        """Store a new operation, unless another one is at work on its cluster; all or nothing.

        Args:
            record: the operation, its owner the engine that acts for it; it is given its ``created_at`` when it has
                none.
            cluster: a new cluster, to be stored with it.
            after: the id of the operation that must be the last one on the cluster so far: what is to be done was
                decided by what that one left. None when it does not matter.
            seconds: how long the owner's lease lasts.

        Returns:
            The owner's lease.

        Raises:
            ClusterBusy: another operation of the cluster has not ended; the message and ``details`` name it.
            WrongStatus: another one came after the one it was to follow (code CLUSTER_CHANGED).
            SeraiError: with the code NAME_ALREADY_EXISTS, when the new cluster's name is taken.
            NotFound: with the code CLUSTER_NOT_FOUND, when no new cluster is given and the store has none of that id.
        """
        record.created_at = record.created_at or self._clock()
        row = self._documents.sealed(record)
        document = None if cluster is None else self._first_document(cluster)
        lease = Lease(record.id, record.attempt, record.owner)

        def begin(connection: Connection) -> Lease:
            if cluster is not None and document is not None:
                clusters.add(connection, cluster, document)
            elif not clusters.exists(connection, record.cluster_id):
                raise clusters.not_found(connection, record.cluster_name)
            operations.refuse_if_busy(connection, record)
            if after is not None:
                operations.refuse_if_not_last(connection, record, after)
            operations.add(connection, row)
            leases.grant(connection, lease, self._database.tick(connection), seconds)
            return lease

        return self._write(begin)

    def take_operation(
        self, operation_id: str, holder: str, *, is_gone: IsGone = lambda _: False, seconds: float = LEASE_SECONDS
    ) -> tuple[OperationRecord, Lease]:
        """Take an operation that has not ended and that nobody acts for.

        Its attempt is one more from now on: nothing is written any more by who acted for it before.

        Args:
            operation_id: which.
            holder: the engine that takes it.
            is_gone: tells of the holder so far whether it is known to act no more; its lease then needs not run out.
            seconds: how long the lease lasts.

        Returns:
            The operation as it now is, and the lease.

        Raises:
            NotFound: with the code OPERATION_NOT_FOUND.
            WrongStatus: it has ended.
            ClusterBusy: somebody acts for it.
        """

        def take(connection: Connection) -> OperationRecord:
            now = self._database.tick(connection)
            taken, before = leases.take(connection, operation_id, holder, now, seconds, is_gone)
            line = JournalEntry(taken.id, taken.phase, taken.attempt, "taken", self._clock(), {"from": before})
            operations.note(connection, evolve(line, owner=holder, token=taken.attempt))
            return taken

        record = self._documents.opened(self._write(take))
        return record, Lease(record.id, record.attempt, holder)

    def free_operations(self, is_gone: IsGone = lambda _: False) -> list[str]:
        """The ids of operations that have not ended and that nobody acts for, the oldest first."""
        return self._read(lambda connection: leases.free(connection, self._database.tick(connection), is_gone))

    def renew_leases(self, held: Collection[Lease], *, seconds: float = LEASE_SECONDS) -> set[Lease]:
        """Have leases last from now on, and return them; those that others have taken are not among them."""
        return self._write(
            lambda connection: leases.renew(connection, held, self._database.tick(connection), seconds), patience=0
        )

    def ask_to_stop(self, operation_id: str) -> None:
        """Ask whoever acts for an operation, now or later, to stop; asking once more changes nothing.

        Raises:
            NotFound: with the code OPERATION_NOT_FOUND.
            WrongStatus: it has ended.
        """
        self._write(lambda connection: cancellations.ask(connection, operation_id, self._clock()))

    def asked_to_stop(self, operation_ids: Collection[str]) -> set[str]:
        """Those of some operations that were asked to stop. Tried once."""
        return self._database.read(lambda connection: cancellations.asked(connection, operation_ids), patience=0)

    def operation(self, operation_id: str) -> OperationRecord:
        """The operation of that id.

        Raises:
            NotFound: with the code OPERATION_NOT_FOUND.
        """
        return self._documents.opened(self._read(lambda connection: operations.one(connection, operation_id)))

    def operations(self, cluster_name: str | None = None, *, unfinished: bool = False) -> list[OperationRecord]:
        """Operations in the order they were stored, whatever clocks said then; those of deleted clusters among them.

        Args:
            cluster_name: only those of clusters of this name.
            unfinished: only those that have not ended.
        """
        rows = self._read(lambda connection: operations.some(connection, cluster_name, unfinished=unfinished))
        return [self._documents.opened(row) for row in rows]

    def journal_of(self, operation_id: str) -> list[JournalEntry]:
        """The journal of an operation, from its first line."""
        return self._read(lambda connection: operations.noted(connection, operation_id))

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self._database.read(work)

    def _write(self, work: Callable[[Connection], T], patience: float | None = None) -> T:
        """All that is written is written here."""
        return self._database.write(work, patience=patience)

    def _first_document(self, cluster: Cluster) -> str:
        cluster.id = cluster.id or uuid4().hex
        return self._dated_document(cluster)

    def _dated_document(self, cluster: Cluster) -> str:
        cluster.updated_at = self._clock()
        cluster.created_at = cluster.created_at or cluster.updated_at
        return self._documents.of_cluster(cluster)
