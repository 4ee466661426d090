"""Runs an operation: phase by phase, each journalled before and after, every end recorded."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from serai.engine.operations.events import Clock, EventLog
from serai.engine.operations.lending import lend
from serai.engine.operations.lent import LentRun
from serai.engine.operations.owner import this_process
from serai.engine.operations.readiness import readiness
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.engine.store.records import JournalEntry, OperationRecord, OperationStatus
from serai.hookspec.cluster import Cluster, ClusterStatus
from serai.hookspec.errors import InvalidResult, NotFound, OperationCancelled, SeraiError
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
        pools: makes a pool of connections for one operation, of what cancels it and where its notices go.
        clock: tells the time.
    """

    def __init__(
        self,
        store: "Store",
        catalog: Catalog,
        events: EventLog,
        artifacts: "ArtifactCache",
        pools: "Callable[[threading.Event, Callable[[str], None]], Pool]",
        lend: "Callable[[Provider, Pool, LentRun, threading.Event], Provider]",
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._events = events
        self._artifacts = artifacts
        self._pools = pools
        self._lend = lend
        self._clock = clock

    def run(self, lifecycle: Lifecycle, record: OperationRecord, cancelled: threading.Event) -> Cluster | None:
        """Run what is left of an operation: from ``record.phase`` on, or all of it.

        Returns:
            The cluster as it now is; None when it is gone.

        Raises:
            SeraiError: why it failed; cluster and operation say the same.
        """
        work: Work | None = None
        try:
            work = self._begin(record, cancelled)
            with self._pools(cancelled, work.run.warn) as pool:
                if isinstance(work.infrastructure, Provider):
                    work.infrastructure = self._lend(work.infrastructure, pool, work.run, cancelled)
                for phase in _remaining(lifecycle, record):
                    self._run_phase(phase, work, pool, lifecycle)
            return self._succeeded(lifecycle, work)
        except BaseException as error:
            failure = _explained(error, record, cancelled)
            self._failed(work, record, failure)
            if failure is error:
                raise
            raise failure from error
        finally:
            if work is not None:
                work.run.end()

    def _begin(self, record: OperationRecord, cancelled: threading.Event) -> Work:
        record.status, record.owner = OperationStatus.RUNNING, this_process()
        record.started_at = record.started_at or self._clock()
        self._store.save_operation(record)
        work = self._work(record, cancelled)
        work.run.emit(EventKind.OPERATION_STARTED, message=f"{record.kind} {record.cluster_name}")
        return work

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
            infrastructure=_attempt(lambda: self._catalog.provider(cluster.infrastructure.get("provider", ""))),
        )

    def _run_phase(self, phase: Phase, work: Work, pool: "Pool", lifecycle: Lifecycle) -> None:
        work.run.check()
        work.run.phase = work.record.phase = phase.name
        work.cluster.status, work.cluster.status_reason = phase.status, ""
        with self._journalled(phase, work):
            work.save()
            work.run.emit(EventKind.PHASE_STARTED, message=phase.status.value)
            _lend_connections(work, pool, lifecycle)
            self._do(phase, work)
        work.run.emit(EventKind.PHASE_FINISHED, message=phase.status.value)

    def _do(self, phase: Phase, work: Work) -> None:
        """Do a phase and keep what it did; what cannot be kept is put back as it was."""
        cluster = work.cluster
        before = deepcopy((cluster.extra, cluster.info, [group.extra for group in cluster.node_groups]))
        phase.work(work)
        try:
            work.save()
        except (SeraiError, RecursionError) as error:
            if isinstance(error, SeraiError) and error.code.startswith("STORE_"):
                raise
            cluster.extra, cluster.info, extras = before
            for group, extra in zip(cluster.node_groups, extras, strict=True):
                group.extra = extra
            raise InvalidResult(
                f"a plugin of {cluster.plugin_name} {cluster.hadoop_version} left something on the cluster that cannot"
                f" be stored: {error}",
                place=phase.name,
                hint="extra and info hold JSON: dicts with string keys, lists, strings, numbers, true, false, null",
            ) from error

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

    def _failed(self, work: Work | None, record: OperationRecord, failure: SeraiError) -> None:
        """Record a failure; the operation first, since it is what holds the cluster."""
        was_cancelled = isinstance(failure, OperationCancelled)
        record.status = OperationStatus.CANCELLED if was_cancelled else OperationStatus.FAILED
        record.error = failure.to_dict()
        record.finished_at = self._clock()
        self._store.save_operation(record)
        if work is None:
            return
        if record.phase or work.cluster.status is ClusterStatus.UNDEFINED:  # else nothing was touched: it is as it was
            self._mark(work.cluster, f"{record.kind}, {record.phase or 'before its first phase'}: {failure}")
        kind = EventKind.OPERATION_CANCELLED if was_cancelled else EventKind.OPERATION_FAILED
        work.run.emit(kind, message=str(failure), data={"error": failure.to_dict()})

    def _mark(self, cluster: Cluster, reason: str) -> None:
        """Record that a cluster is in error; as it was last stored, where a plugin left what cannot be."""
        try:
            cluster.status, cluster.status_reason = ClusterStatus.ERROR, reason
            self._store.save_cluster(cluster)
        except (SeraiError, RecursionError):
            stored = self._store.cluster(cluster.name)
            stored.status, stored.status_reason = ClusterStatus.ERROR, reason
            self._store.save_cluster(stored)

    def _succeeded(self, lifecycle: Lifecycle, work: Work) -> Cluster | None:
        work.record.status = OperationStatus.SUCCEEDED
        work.record.finished_at = self._clock()
        if lifecycle.leaves is None:
            self._store.remove_cluster(work.cluster.id)
            self._store.save_operation(work.record)
        else:
            work.cluster.status, work.cluster.status_reason = lifecycle.leaves, readiness(work.cluster)
            work.save()
        work.run.phase = ""
        work.run.emit(EventKind.OPERATION_SUCCEEDED, message=f"{work.record.kind} {work.record.cluster_name}")
        return None if lifecycle.leaves is None else work.cluster


def _remaining(lifecycle: Lifecycle, record: OperationRecord) -> tuple[Phase, ...]:
    names = [phase.name for phase in lifecycle.phases]
    return lifecycle.phases[names.index(record.phase) if record.phase in names else 0 :]


def _lend_connections(work: Work, pool: "Pool", lifecycle: Lifecycle) -> None:
    stack = None if isinstance(work.plugins, SeraiError) else work.plugins
    if isinstance(work.infrastructure, Provider):
        for error in lend(work.cluster, work.infrastructure, pool, stack=stack, spared=_spared(work, lifecycle)):
            work.run.warn(f"[{error.code}] {error.message}")
    if stack is not None:
        work.cluster.bind_configs(stack.get_configs())


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


def _explained(error: BaseException, record: OperationRecord, cancelled: threading.Event) -> SeraiError:
    """The error, with the operation and the phase it happened in."""
    failure = error if isinstance(error, SeraiError) else _internal(error)
    if isinstance(failure, OperationCancelled) and not cancelled.is_set():
        failure = SeraiError(f"it was given up though nobody cancelled it: {failure.message}", code="GIVEN_UP")
    failure.details.update(zip(_CONTEXT, (f"{record.kind} {record.id}", record.phase), strict=True))
    return failure


def _internal(error: BaseException) -> SeraiError:
    return SeraiError(
        f"{type(error).__name__}: {error}",
        code="INTERNAL_ERROR",
        hint="this is a defect of Serai; report it with the traceback (-v shows it)",
    )
