"""Runs an operation: phase by phase, each journalled before and after, every end recorded."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from serai.engine.operations.events import Clock, EventLog
from serai.engine.operations.lending import lend
from serai.engine.operations.lent import LentRun
from serai.engine.operations.owner import this_process
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.engine.store.records import JournalEntry, OperationRecord, OperationStatus
from serai.hookspec.cluster import Cluster, ClusterStatus
from serai.hookspec.errors import NotFound, OperationCancelled, SeraiError
from serai.hookspec.listening import EventKind

if TYPE_CHECKING:
    from serai.engine.artifacts import ArtifactCache
    from serai.engine.remote.pool import Pool
    from serai.engine.store.store import Store


class Runner:
    """Runs operations, each in the thread that calls :meth:`run`.

    Args:
        store: where clusters and operations are.
        catalog: where plugins come from.
        events: where progress goes.
        artifacts: where artifacts come from.
        pools: makes a pool of connections for one operation.
        clock: tells the time.
    """

    def __init__(
        self,
        store: "Store",
        catalog: Catalog,
        events: EventLog,
        artifacts: "ArtifactCache",
        pools: "Callable[[], Pool]",
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._events = events
        self._artifacts = artifacts
        self._pools = pools
        self._clock = clock

    def run(self, lifecycle: Lifecycle, record: OperationRecord, cancelled: threading.Event) -> Cluster | None:
        """Run what is left of an operation: from ``record.phase`` on, or all of it.

        Returns:
            The cluster as it now is; None when it is gone.

        Raises:
            SeraiError: why it failed; cluster and operation say the same.
        """
        work = self._work(record, cancelled)
        record.status, record.owner = OperationStatus.RUNNING, this_process()
        record.started_at = record.started_at or self._clock()
        self._store.save_operation(record)
        work.run.emit(EventKind.OPERATION_STARTED, message=f"{record.kind} {record.cluster_name}")
        try:
            with self._pools() as pool:
                for phase in _remaining(lifecycle, record):
                    self._run_phase(phase, work, pool, lifecycle)
        except BaseException as error:
            failure = _explained(error, record)
            self._failed(work, failure)
            if failure is error:
                raise
            raise failure from error
        return self._succeeded(lifecycle, work)

    def _work(self, record: OperationRecord, cancelled: threading.Event) -> Work:
        cluster = self._store.cluster(record.cluster_name)
        return Work(
            cluster=cluster,
            record=record,
            run=LentRun(cluster.name, record.id, self._events, self._artifacts, cancelled),
            store=self._store,
            plugins=_attempt(
                lambda: self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
            ),
            infrastructure=_attempt(lambda: self._catalog.provider(cluster.infrastructure["provider"])),
        )

    def _run_phase(self, phase: Phase, work: Work, pool: "Pool", lifecycle: Lifecycle) -> None:
        work.run.check()
        work.run.phase = work.record.phase = phase.name
        work.cluster.status, work.cluster.status_reason = phase.status, ""
        with self._journalled(phase, work):
            work.save()
            work.run.emit(EventKind.PHASE_STARTED, message=phase.status.value)
            _lend_connections(work, pool, lifecycle)
            phase.work(work)
            work.save()
        work.run.emit(EventKind.PHASE_FINISHED, message=phase.status.value)

    @contextmanager
    def _journalled(self, phase: Phase, work: Work) -> Iterator[None]:
        attempts = [entry for entry in self._store.journal_of(work.record.id) if entry.phase == phase.name]
        attempt = 1 + sum(entry.outcome == "started" for entry in attempts)

        def write(outcome: str, **detail: Any) -> None:
            self._store.journal(
                JournalEntry(work.record.id, phase.name, attempt, outcome, self._clock(), detail=detail)
            )

        write("started")
        try:
            yield
        except BaseException as error:
            write("failed", code=getattr(error, "code", "INTERNAL_ERROR"))
            raise
        write("succeeded")

    def _failed(self, work: Work, failure: SeraiError) -> None:
        was_cancelled = isinstance(failure, OperationCancelled)
        work.cluster.status = ClusterStatus.ERROR
        work.cluster.status_reason = f"{work.record.kind}, {work.record.phase or 'before its first phase'}: {failure}"
        work.record.status = OperationStatus.CANCELLED if was_cancelled else OperationStatus.FAILED
        work.record.error = failure.to_dict()
        work.record.finished_at = self._clock()
        work.save()
        kind = EventKind.OPERATION_CANCELLED if was_cancelled else EventKind.OPERATION_FAILED
        work.run.emit(kind, message=str(failure), data={"error": failure.to_dict()})

    def _succeeded(self, lifecycle: Lifecycle, work: Work) -> Cluster | None:
        work.record.status = OperationStatus.SUCCEEDED
        work.record.finished_at = self._clock()
        if lifecycle.leaves is None:
            self._store.remove_cluster(work.cluster.id)
            self._store.save_operation(work.record)
        else:
            work.cluster.status = lifecycle.leaves
            work.save()
        work.run.phase = ""
        work.run.emit(EventKind.OPERATION_SUCCEEDED, message=f"{work.record.kind} {work.record.cluster_name}")
        return None if lifecycle.leaves is None else work.cluster


def _remaining(lifecycle: Lifecycle, record: OperationRecord) -> tuple[Phase, ...]:
    names = [phase.name for phase in lifecycle.phases]
    return lifecycle.phases[names.index(record.phase) if record.phase in names else 0 :]


def _lend_connections(work: Work, pool: "Pool", lifecycle: Lifecycle) -> None:
    if isinstance(work.infrastructure, Provider):
        for error in lend(work.cluster, work.infrastructure, pool, spared=_spared(work, lifecycle)):
            work.run.warn(f"[{error.code}] {error.message}")
    if not isinstance(work.plugins, SeraiError):
        work.cluster.bind_configs(work.plugins.get_configs())


def _spared(work: Work, lifecycle: Lifecycle) -> type[SeraiError] | tuple[()]:
    """What may keep a machine from being reached: to end a cluster, those that are gone are no loss."""
    if lifecycle.leaves is not None:
        return ()
    return SeraiError if work.record.request.get("force") else NotFound


def _attempt(get: "Callable[[], Any]") -> Any:
    """What ``get`` gives, or the error that kept it: a cluster whose plugin is gone can still be ended."""
    try:
        return get()
    except SeraiError as error:
        return error


_CONTEXT: Final = ("operation", "phase")


def _explained(error: BaseException, record: OperationRecord) -> SeraiError:
    """The error, with the operation and the phase it happened in."""
    failure = error if isinstance(error, SeraiError) else _internal(error)
    failure.details.update(zip(_CONTEXT, (f"{record.kind} {record.id}", record.phase), strict=True))
    return failure


def _internal(error: BaseException) -> SeraiError:
    return SeraiError(
        f"{type(error).__name__}: {error}",
        code="INTERNAL_ERROR",
        hint="this is a defect of Serai; report it with the traceback (-v shows it)",
    )
