"""The store: what the engine remembers, in one object."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from serai.engine.store import claims, clusters, events, jobs, operations
from serai.engine.store.database import Database
from serai.engine.store.documents import Documents
from serai.engine.store.location import InFile, InMemory, located
from serai.engine.store.records import JournalEntry, OperationRecord
from serai.engine.store.upgrade import bring_up_to_date
from serai.engine.store.vault import Vault
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobExecution
from serai.hookspec.listening import Event

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Clusters, operations with their journal, events, jobs, and claims on machines.

    Safe to use from many threads; several processes may share one file or one server. Each call is one transaction.
    Every call may raise SeraiError with the code STORE_LOCKED, STORE_FULL, STORE_ERROR or STORE_CLOSED. Secrets are
    sealed; one that is read may raise STORE_KEY_MISSING, STORE_KEY_INVALID or STORE_KEY_WRONG when it is revealed.

    Args:
        database: where the tables are, up to date.
        vault: what seals secrets.
        clock: tells the time, in UTC.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock = _now) -> None:
        self._database = database
        self._documents = Documents(vault)
        self._clock = clock

    @classmethod
    def open(
        cls, url: str | None = None, *, key: str | bytes | None = None, patience: float = 30.0, clock: Clock = _now
    ) -> Self:
        """Open a store; make it when it is new, and bring its tables up to date when they are older.

        Args:
            url: ``sqlite:///<path>``, ``postgresql+psycopg://…``; None or ``""`` for one in memory.
            key: the key of the secrets (a Fernet key); None for the one in ``serai.key`` beside the SQLite file, which
                is made when first needed.
            patience: seconds to wait while another writes.
            clock: tells the time, in UTC.

        Raises:
            SeraiError: with the code STORE_URL, STORE_TOO_NEW, STORE_LOCKED, STORE_FULL or STORE_ERROR.
        """
        location = located(url)
        database = Database(location, patience=patience)
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        key_file = location.key_file if isinstance(location, InFile) else None
        return cls(database, Vault(key, key_file, ephemeral=isinstance(location, InMemory)), clock)

    def close(self) -> None:
        """Close it. Harmless when closed already."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # Clusters

    def add_cluster(self, cluster: Cluster) -> None:
        """Store a new cluster. It is given ``updated_at``, and an id and ``created_at`` when it has none.

        Raises:
            SeraiError: with the code NAME_ALREADY_EXISTS.
        """
        document = self._first_document(cluster)
        with self._database.writing() as connection:
            clusters.add(connection, cluster, document)

    def save_cluster(self, cluster: Cluster, *, expected_revision: int | None = None) -> int:
        """Store a cluster as it now is, and give it a new ``updated_at``.

        Args:
            cluster: one that is in the store.
            expected_revision: the revision that the change was based on; None to save whatever happened meanwhile.

        Returns:
            The new revision: 1 when a cluster is added, and one more with each save.

        Raises:
            NotFound: with the code CLUSTER_NOT_FOUND, when it is not in the store any more.
            SeraiError: with the code STALE_CLUSTER, when the revision is not the expected one.
        """
        cluster.updated_at = self._clock()
        cluster.created_at = cluster.created_at or cluster.updated_at
        document = self._documents.of_cluster(cluster)
        with self._database.writing() as connection:
            return clusters.save(connection, cluster, document, expected_revision)

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name.

        Raises:
            NotFound: with the code CLUSTER_NOT_FOUND; the hint names the nearest.
        """
        return self.cluster_and_revision(name)[0]

    def cluster_and_revision(self, name: str) -> tuple[Cluster, int]:
        """The cluster of that name, with its revision for :meth:`save_cluster`.

        Raises:
            NotFound: with the code CLUSTER_NOT_FOUND; the hint names the nearest.
        """
        with self._database.reading() as connection:
            document, revision = clusters.document(connection, name)
        return self._documents.cluster(document), revision

    def clusters(self) -> list[Cluster]:
        """All clusters, by name."""
        with self._database.reading() as connection:
            documents = clusters.documents(connection)
        return [self._documents.cluster(document) for document in documents]

    def cluster_documents(self) -> list[dict[str, Any]]:
        """The documents of all clusters as they are stored, by name; secrets in them are sealed."""
        with self._database.reading() as connection:
            documents = clusters.documents(connection)
        return [self._documents.raw(document) for document in documents]

    def remove_cluster(self, cluster_id: str) -> None:
        """Forget a cluster; its operations and events stay. One that is not there is no error."""
        with self._database.writing() as connection:
            clusters.remove(connection, cluster_id)

    # Operations

    def begin_operation(self, record: OperationRecord, cluster: Cluster | None = None) -> None:
        """Store a new operation, unless another one is at work on its cluster; all or nothing.

        Args:
            record: the operation; it is given its ``created_at`` when it has none.
            cluster: a new cluster, to be stored with it.

        Raises:
            ClusterBusy: another operation of the cluster has not ended; the message and ``details`` name it.
            SeraiError: with the code NAME_ALREADY_EXISTS, when the new cluster's name is taken.
            NotFound: with the code CLUSTER_NOT_FOUND, when no new cluster is given and the store has none of that id.
        """
        record.created_at = record.created_at or self._clock()
        row = self._documents.sealed(record)
        document = None if cluster is None else self._first_document(cluster)
        with self._database.writing() as connection:
            if cluster is not None and document is not None:
                clusters.add(connection, cluster, document)
            elif not clusters.exists(connection, record.cluster_id):
                raise clusters.not_found(connection, record.cluster_name)
            operations.refuse_if_busy(connection, record)
            operations.add(connection, row)

    def save_operation(self, record: OperationRecord) -> None:
        """Store an operation as it now is.

        Raises:
            NotFound: with the code OPERATION_NOT_FOUND.
            ClusterBusy: it had ended and is to go on, and another one is at work on the cluster by now.
        """
        row = self._documents.sealed(record)
        with self._database.writing() as connection:
            if not record.status.is_final:
                operations.refuse_if_busy(connection, record)
            operations.save(connection, row)

    def operation(self, operation_id: str) -> OperationRecord:
        """The operation of that id.

        Raises:
            NotFound: with the code OPERATION_NOT_FOUND.
        """
        with self._database.reading() as connection:
            row = operations.one(connection, operation_id)
        return self._documents.opened(row)

    def operations(self, cluster_name: str | None = None, *, unfinished: bool = False) -> list[OperationRecord]:
        """Operations, oldest first; those of deleted clusters among them.

        Args:
            cluster_name: only those of clusters of this name.
            unfinished: only those that have not ended.
        """
        with self._database.reading() as connection:
            rows = operations.some(connection, cluster_name, unfinished=unfinished)
        return [self._documents.opened(row) for row in rows]

    def journal(self, entry: JournalEntry) -> JournalEntry:
        """Append a line to the journal of an operation, and return it with its sequence."""
        with self._database.writing() as connection:
            return operations.note(connection, entry)

    def journal_of(self, operation_id: str) -> list[JournalEntry]:
        """The journal of an operation, from its first line."""
        with self._database.reading() as connection:
            return operations.noted(connection, operation_id)

    # Events

    def add_event(self, event: Event) -> Event:
        """Store an event, and return it with its sequence."""
        with self._database.writing() as connection:
            return events.add(connection, event)

    def events(
        self,
        cluster: str | None = None,
        operation: str | None = None,
        *,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Event]:
        """Events in the order they were stored; those of deleted clusters among them.

        Args:
            cluster: only those of clusters of this name.
            operation: only those of this operation.
            after: only those with a greater sequence.
            limit: only so many, the first ones.
        """
        with self._database.reading() as connection:
            return events.some(connection, cluster=cluster, operation=operation, after=after, limit=limit)

    # Jobs

    def save_job(self, execution: JobExecution) -> None:
        """Store a job, new or not. It is given its ``created_at`` when it has none."""
        execution.created_at = execution.created_at or self._clock()
        document = self._documents.of_job(execution)
        with self._database.writing() as connection:
            jobs.save(connection, execution, document)

    def job(self, job_id: str) -> JobExecution:
        """The job of that id.

        Raises:
            NotFound: with the code JOB_NOT_FOUND.
        """
        with self._database.reading() as connection:
            document = jobs.document(connection, job_id)
        return self._documents.job(document)

    def jobs(self, cluster_name: str | None = None) -> list[JobExecution]:
        """Jobs, oldest first; only those of one cluster's name when it is given."""
        with self._database.reading() as connection:
            documents = jobs.documents(connection, cluster_name)
        return [self._documents.job(document) for document in documents]

    # Claims

    def take_claim(self, provider: str, claim: Claim) -> Claim:
        """Claim a machine. A token that has it already keeps its claim, with the new ``info``.

        Args:
            provider: the provider whose machine it is.
            claim: the claim; ``since`` counts when it is new.

        Raises:
            SeraiError: with the code MACHINE_TAKEN, when another token has the machine, naming the cluster; with the
                code TOKEN_TAKEN, when the token has another machine.
        """
        sealed = self._documents.sealed_claim(claim)
        with self._database.writing() as connection:
            taken = claims.take(connection, provider, sealed)
        return self._documents.opened_claim(taken)

    def release_claim(self, provider: str, machine_id: str, token: str | None = None) -> None:
        """Give a claim up; one that is not there is no error. Nothing else ends a claim.

        Args:
            provider: the provider whose machine it is.
            machine_id: the machine.
            token: when given, only a claim of this token is given up.
        """
        with self._database.writing() as connection:
            claims.release(connection, provider, machine_id, token)

    def claims(self, provider: str) -> dict[str, Claim]:
        """The claims on a provider's machines, by machine."""
        with self._database.reading() as connection:
            found = claims.some(connection, provider)
        return {claim.machine_id: self._documents.opened_claim(claim) for claim in found}

    def _first_document(self, cluster: Cluster) -> str:
        cluster.id = cluster.id or uuid4().hex
        cluster.updated_at = self._clock()
        cluster.created_at = cluster.created_at or cluster.updated_at
        return self._documents.of_cluster(cluster)
