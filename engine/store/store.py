"""The store: what the engine remembers, in one object."""

from collections.abc import Sequence
from typing import Self

from serai.engine.store import claims, clusters, events, jobs
from serai.engine.store.clocks import Ticks
from serai.engine.store.database import PATIENCE, Database
from serai.engine.store.documents import Documents
from serai.engine.store.ledger import Clock, Ledger, utc_now
from serai.engine.store.location import InFile, InMemory, located
from serai.engine.store.upgrade import bring_up_to_date
from serai.engine.store.vault import Vault
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobExecution
from serai.hookspec.listening import Event


class Store(Ledger):
    """Clusters, operations with their journal, events, jobs, and claims on machines.

    Safe to use from many threads; several processes may share one file or one server. Each call is one transaction.
    Every call may raise SeraiError with the code STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL, STORE_GONE, STORE_ERROR
    or STORE_CLOSED. Secrets are sealed; one that is read may raise STORE_KEY_MISSING, STORE_KEY_INVALID or
    STORE_KEY_WRONG when it is revealed.

    Who acts for an operation writes through a :class:`~serai.engine.store.held.HeldStore`.
    """

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        key: str | bytes | None = None,
        patience: float = PATIENCE,
        clock: Clock = utc_now,
        ticks: Ticks | None = None,
    ) -> Self:
        """Open a store; make it when it is new, and bring its tables up to date when they are older.

        Args:
            url: ``sqlite:///<path>``, ``postgresql+psycopg://…``; None or ``""`` for one in memory.
            key: the key of the secrets (a Fernet key); None for the one in ``serai.key`` beside the SQLite file, which
                is made when first needed.
            patience: seconds to wait while another writes, or while a server is away that was there before.
            clock: tells the time, in UTC.
            ticks: the clock of leases; the server's or the machine's own when left out.

        Raises:
            SeraiError: with the code STORE_URL, STORE_TOO_NEW, STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL or
                STORE_ERROR.
        """
        location = located(url)
        database = Database(location, patience=patience, ticks=ticks)
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        key_file = location.key_file if isinstance(location, InFile) else None
        vault = Vault(key, key_file, ephemeral=isinstance(location, InMemory))
        return cls(database, Documents(vault), clock)

    # Clusters

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name.

        Raises:
            NotFound: with the code CLUSTER_NOT_FOUND; the hint names the nearest.
        """
        return self._documents.cluster(self._read(lambda connection: clusters.document(connection, name)))

    def clusters(self) -> list[Cluster]:
        """All clusters, by name."""
        return [self._documents.cluster(document) for document in self._read(clusters.documents)]

    # Events

    def add_event(self, event: Event) -> Event:
        """Store an event, and return it with its sequence."""
        return self.add_events([event])[0]

    def add_events(self, batch: Sequence[Event]) -> list[Event]:
        """Store events in their order, all or none, and return them with their sequences."""
        return self._write(lambda connection: [events.add(connection, event) for event in batch])

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
        return self._read(
            lambda connection: events.some(connection, cluster=cluster, operation=operation, after=after, limit=limit)
        )

    # Jobs

    def save_job(self, execution: JobExecution) -> None:
        """Store a job, new or not. It is given its ``created_at`` when it has none."""
        execution.created_at = execution.created_at or self._clock()
        document = self._documents.of_job(execution)
        self._write(lambda connection: jobs.save(connection, execution, document))

    def job(self, job_id: str) -> JobExecution:
        """The job of that id.

        Raises:
            NotFound: with the code JOB_NOT_FOUND.
        """
        return self._documents.job(self._read(lambda connection: jobs.document(connection, job_id)))

    def jobs(self, cluster_name: str | None = None) -> list[JobExecution]:
        """Jobs, oldest first; only those of one cluster's name when it is given."""
        documents = self._read(lambda connection: jobs.documents(connection, cluster_name))
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
        return self._documents.opened_claim(self._write(lambda connection: claims.take(connection, provider, sealed)))

    def release_claim(self, provider: str, machine_id: str, token: str | None = None) -> None:
        """Give a claim up; one that is not there is no error. Nothing else ends a claim.

        Args:
            provider: the provider whose machine it is.
            machine_id: the machine.
            token: when given, only a claim of this token is given up.
        """
        self._write(lambda connection: claims.release(connection, provider, machine_id, token))

    def claims(self, provider: str) -> dict[str, Claim]:
        """The claims on a provider's machines, by machine."""
        found = self._read(lambda connection: claims.some(connection, provider))
        return {claim.machine_id: self._documents.opened_claim(claim) for claim in found}
