"""The store as who acts for an operation writes to it: as long as the operation is theirs, and not one write longer."""

from collections.abc import Callable
from typing import Final, TypeVar

from attrs import evolve
from sqlalchemy import Connection

from serai.engine.store import clusters, leases, operations
from serai.engine.store.records import JournalEntry, Lease, OperationRecord
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster

T = TypeVar("T")

OUTAGE_SECONDS: Final = 300.0
"""How long an operation waits for a store that is away before it stops."""


class HeldStore(Store):
    """A store that refuses every write when the lease is another's by now.

    The lease is checked in the transaction that writes: nobody can take it in between. A lease that ran out and that
    nobody took is still its holder's.

    Every call that writes raises LeaseLost when it is not. While the store is away, calls wait for it.

    Args:
        store: the same store.
        lease: the right to write.
        outage: seconds to wait for a store that is away.
    """

    def __init__(self, store: Store, lease: Lease, outage: float = OUTAGE_SECONDS) -> None:
        super().__init__(store._database, store._documents, store._clock)
        self.lease: Final = lease
        self._outage = outage

    def save(self, record: OperationRecord, cluster: Cluster | None = None, line: JournalEntry | None = None) -> None:
        """Store the operation, its cluster and a line of its journal as they now are: all of them, or none.

        Args:
            record: the operation, which has not ended.
            cluster: its cluster, when that changed.
            line: appended to the journal.

        Raises:
            LeaseLost: the operation is another's by now.
            NotFound: the cluster is not in the store any more (code CLUSTER_NOT_FOUND).
        """
        self._write(self._saving(record, cluster, line))

    def end(
        self,
        record: OperationRecord,
        cluster: Cluster | None = None,
        line: JournalEntry | None = None,
        *,
        forget: bool = False,
    ) -> None:
        """Store how the operation ended, as :meth:`save` does, and give it up: the cluster is free.

        Args:
            record: the operation, which has ended.
            cluster: its cluster, when that changed.
            line: appended to the journal.
            forget: whether the cluster is gone, and to be forgotten.

        Raises:
            LeaseLost: the operation is another's by now.
            NotFound: the cluster is not in the store any more (code CLUSTER_NOT_FOUND).
        """
        saving = self._saving(record, cluster, line)

        def end(connection: Connection) -> None:
            saving(connection)
            if forget:
                clusters.remove(connection, record.cluster_id)
            leases.drop(connection, self.lease)

        self._write(end)

    def let_go(self) -> None:
        """Give up an operation that has not ended: anybody may take it at once. Tried once.

        Raises:
            LeaseLost: somebody has taken it already.
        """
        self._write(lambda connection: leases.drop(connection, self.lease), patience=0)

    def journal(self, line: JournalEntry) -> JournalEntry:
        """Append a line to the journal of the operation, and return it as it is stored."""
        return self._write(lambda connection: operations.note(connection, self._signed(line)))

    def _saving(
        self, record: OperationRecord, cluster: Cluster | None, line: JournalEntry | None
    ) -> Callable[[Connection], None]:
        row = evolve(self._documents.sealed(record), owner=self.lease.holder, attempt=self.lease.token)
        document = None if cluster is None else self._dated_document(cluster)

        def save(connection: Connection) -> None:
            if cluster is not None and document is not None:
                clusters.save(connection, cluster, document, None)
            operations.save(connection, row)
            if line is not None:
                operations.note(connection, self._signed(line))

        return save

    def _signed(self, line: JournalEntry) -> JournalEntry:
        return evolve(line, owner=self.lease.holder, token=self.lease.token)

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self._database.read(work, patience=self._outage)

    def _write(self, work: Callable[[Connection], T], patience: float | None = None) -> T:
        def guarded(connection: Connection) -> T:
            leases.check(connection, self.lease)
            return work(connection)

        return self._database.write(guarded, patience=self._outage if patience is None else patience)
