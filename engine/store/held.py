"""The store as who acts for an operation writes to it: as long as the operation is theirs, and not one write longer."""

from collections.abc import Callable
from typing import Final, TypeVar

from attrs import evolve
from sqlalchemy import Connection

from serai.engine.store import clusters, events, leases, operations
from serai.engine.store.clocks import OUTAGE_SECONDS
from serai.engine.store.records import JournalEntry, Lease, OperationRecord
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import LeaseLost
from serai.hookspec.listening import Event

T = TypeVar("T")


class HeldStore(Store):
    """A store that refuses every write when the lease is another's by now.

    The lease is checked in the transaction that writes: nobody can take it in between. A lease that ran out and that
    nobody took is still its holder's.

    Every call that writes raises LeaseLost when it is not. While the store is away, calls wait for it.

    Args:
        store: the same store.
        lease: the right to write.
        outage: seconds to wait for a store that is away.
        on_lost: told when the lease turns out to be another's.
    """

    def __init__(
        self,
        store: Store,
        lease: Lease,
        *,
        outage: float = OUTAGE_SECONDS,
        on_lost: Callable[[LeaseLost], None] = lambda _: None,
    ) -> None:
        super().__init__(store._database, store._documents, store._clock)
        self.lease: Final = lease
        self._outage = outage
        self._on_lost = on_lost

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
        event: Event,
        *,
        cluster: Cluster | None = None,
        line: JournalEntry | None = None,
        forget: bool = False,
    ) -> Event:
        """Store how the operation ended, as :meth:`save` does, and give it up: the cluster is free.

        Args:
            record: the operation, which has ended.
            event: its last one, which tells so.
            cluster: its cluster, when that changed.
            line: appended to the journal.
            forget: whether the cluster is gone, and to be forgotten.

        Returns:
            The event, with its sequence.

        Raises:
            LeaseLost: the operation is another's by now.
            NotFound: the cluster is not in the store any more (code CLUSTER_NOT_FOUND).
        """
        saving = self._saving(record, cluster, line)

        def end(connection: Connection) -> Event:
            saving(connection)
            if forget:
                clusters.remove(connection, record.cluster_id)
            leases.drop(connection, self.lease)
            return events.add(connection, event)

        return self._write(end)

    def renew(self, seconds: float, *, patience: float | None = None) -> None:
        """Have the lease last from now on.

        Args:
            seconds: how long.
            patience: seconds to wait for a store that is away, when not as long as for all else.

        Raises:
            LeaseLost: the operation is another's by now.
        """

        def renew(connection: Connection) -> None:
            leases.renew(connection, [self.lease], self._database.tick(connection), seconds)

        self._write(renew, patience)

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
                clusters.save(connection, cluster, document)
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

        try:
            return self._database.write(guarded, patience=self._outage if patience is None else patience)
        except LeaseLost as lost:
            self._on_lost(lost)
            raise
