"""Runs an operation: phase by phase, each journalled before and after, every end recorded."""

import threading
import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from serai.engine.log_context import at
from serai.engine.operations.events import Clock, EventLog
from serai.engine.operations.evidence import add_evidence
from serai.engine.operations.explaining import with_causes
from serai.engine.operations.journal import Journal
from serai.engine.operations.lease import HeldLease
from serai.engine.operations.lending import lend
from serai.engine.operations.lent import LentRun
from serai.engine.operations.readiness import readiness
from serai.engine.operations.remains import remains
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.limits import HOOK_SECONDS, Limit
from serai.engine.plugins.provider import Provider
from serai.engine.redaction import Redactor, holdings, secrets_in
from serai.engine.store.records import OperationRecord, OperationStatus
from serai.hookspec.cluster import Cluster, ClusterStatus
from serai.hookspec.errors import InvalidResult, LeaseLost, NotFound, OperationCancelled, SeraiError
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from serai.engine.artifacts import ArtifactCache
    from serai.engine.remote.pool import Pool
    from serai.engine.store.held import HeldStore


class Runner:
    """Runs operations, each in the thread that calls :meth:`run`.

    Args:
        catalog: where plugins come from.
        events: where progress goes.
        artifacts: where artifacts come from.
        pools: makes a pool of connections for one operation, of what cancels it, where its notices go, and
            what is asked before each command.
        lend: lends a provider what its hooks are called with, over the connections of that pool.
        clock: tells the time.
        hook_timeout: seconds that a hook may take.
    """

    def __init__(
        self,
        catalog: Catalog,
        events: EventLog,
        artifacts: "ArtifactCache",
        pools: "Callable[[threading.Event, Callable[[str], None], Callable[[], None]], Pool]",
        lend: "Callable[[Provider, Pool, LentRun, HeldLease], Provider]",
        clock: Clock,
        *,
        hook_timeout: float = HOOK_SECONDS,
    ) -> None:
        self._catalog = catalog
        self._events = events
        self._artifacts = artifacts
        self._pools = pools
        self._lend = lend
        self._clock = clock
        self._hook_timeout = hook_timeout

    def run(self, lifecycle: Lifecycle, record: OperationRecord, held: HeldLease) -> Cluster | None:
        """Run what is left of an operation: from ``record.phase`` on, or all of it.

        Returns:
            The cluster as it now is; None when it is gone.

        Raises:
            LeaseLost: another engine goes on with it; nothing was touched since it was taken.
            SeraiError: why it failed; cluster and operation say the same. Or the store is away or full, and it is not
                over: it can be taken up where it stopped.
        """
        with at(operation=record.id, cluster=record.cluster_name):
            return self._run(lifecycle, record, held)

    def _run(self, lifecycle: Lifecycle, record: OperationRecord, held: HeldLease) -> Cluster | None:
        work: Work | None = None
        journal = Journal(record, (), self._clock)
        try:
            journal = Journal(record, held.store.journal_of(record.id), self._clock)
            work = self._begin(record, held)
            with self._pools(held.cancelled, work.run.warn, work.run.check) as pool:
                if isinstance(work.infrastructure, Provider):
                    work.infrastructure = self._lend(work.infrastructure, pool, work.run, held)
                work.connect = partial(_lend_connections, work, pool, lifecycle)
                for phase in journal.remaining(lifecycle):
                    self._run_phase(phase, work, lifecycle, journal)
            return self._succeeded(lifecycle, work)
        except BaseException as error:
            failure = _explained(error, record, held)
            _redactor(record, work).error(failure)
            if not is_open(failure):
                self._failed(work, record, held, failure, journal)
            if failure is error:
                raise
            raise failure from error
        finally:
            if work is not None:
                work.run.end()

    def _begin(self, record: OperationRecord, held: HeldLease) -> Work:
        record.status = OperationStatus.RUNNING
        record.started_at = record.started_at or self._clock()
        held.store.save(record)
        work = self._work(record, held)
        work.run.emit(EventKind.OPERATION_STARTED, message=f"{record.kind} {record.cluster_name}")
        if record.attempt > 1:
            work.run.warn(f"taken up where another engine stopped: {record.phase or 'at its beginning'}")
        return work

    def _work(self, record: OperationRecord, held: HeldLease) -> Work:
        cluster = held.store.cluster(record.cluster_name)
        events = self._events.through(held.store, lambda: _redactor(record, work))
        limit = Limit(self._hook_timeout, held.cancelled)
        provider = cluster.infrastructure.get("provider", "")
        work = Work(
            cluster=cluster,
            record=record,
            run=LentRun(cluster.name, record.id, events, self._artifacts, held.cancelled, held.check),
            store=held.store,
            plugins=_attempt(
                lambda: self._catalog.stack(
                    cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins
                ).within(limit)
            ),
            infrastructure=_attempt(lambda: self._catalog.provider(provider).within(limit)),
        )
        return work

    def _run_phase(self, phase: Phase, work: Work, lifecycle: Lifecycle, journal: Journal) -> None:
        work.run.check()
        work.run.phase = work.record.phase = phase.name
        work.cluster.status, work.cluster.status_reason = phase.status, ""
        work.save(journal.started())
        began = time.monotonic()
        with at(phase=phase.name, mask=lambda text: _redactor(work.record, work).text(text)):
            work.run.emit(EventKind.PHASE_STARTED, message=phase.status.value)
            work.connect()
            try:
                self._do(phase, work, journal)
            except SeraiError as error:
                if lifecycle.leaves is not None:  # else services ended because they were told to
                    add_evidence(error, work.cluster)
                raise
            took = {"seconds": round(time.monotonic() - began, 3)}
            work.run.emit(EventKind.PHASE_FINISHED, message=phase.status.value, data=took)

    def _do(self, phase: Phase, work: Work, journal: Journal) -> None:
        """Do a phase and keep what it did; what cannot be kept is put back as it was."""
        cluster = work.cluster
        before = deepcopy((cluster.extra, cluster.info, [group.extra for group in cluster.node_groups]))
        phase.work(work)
        try:
            work.save(journal.succeeded())
        except (SeraiError, RecursionError) as error:
            if isinstance(error, LeaseLost) or (isinstance(error, SeraiError) and error.code.startswith("STORE_")):
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

    def _failed(
        self, work: Work | None, record: OperationRecord, held: HeldLease, failure: SeraiError, journal: Journal
    ) -> None:
        """Record a failure: operation, cluster, journal and the event that tells of it, all at once."""
        cancelled = isinstance(failure, OperationCancelled)
        kind = EventKind.OPERATION_CANCELLED if cancelled else EventKind.OPERATION_FAILED
        record.status = OperationStatus.CANCELLED if cancelled else OperationStatus.FAILED
        if cancelled and work is not None:
            failure.details["machines"] = remains(work.cluster, record)
        record.error, record.finished_at = failure.to_dict(), self._clock()
        event = self._event(record, kind, str(failure), {"error": failure.to_dict()})
        line = journal.failed(failure, cancelled=cancelled) if journal.tries(record.phase) else None
        # else nothing was touched: it is as it was
        touched = work is not None and (record.phase or work.cluster.status is ClusterStatus.UNDEFINED)
        reason = f"{record.kind}, {record.phase or 'before its first phase'}: {failure}"

        def end(cluster: Cluster | None) -> Event:
            if cluster is not None:
                cluster.status, cluster.status_reason = ClusterStatus.ERROR, reason
            return held.store.end(record, event, cluster=cluster, line=line)

        self._events.tell(_first_that_works(end, work.cluster if work and touched else None, held.store))

    def _succeeded(self, lifecycle: Lifecycle, work: Work) -> Cluster | None:
        work.record.status = OperationStatus.SUCCEEDED
        work.record.finished_at = self._clock()
        gone = lifecycle.leaves is None
        if lifecycle.leaves is not None:
            work.cluster.status, work.cluster.status_reason = lifecycle.leaves, readiness(work.cluster)
        told = f"{work.record.kind} {work.record.cluster_name}"
        event = self._event(work.record, EventKind.OPERATION_SUCCEEDED, told, {}, phase="")
        self._events.tell(work.store.end(work.record, event, cluster=None if gone else work.cluster, forget=gone))
        return None if gone else work.cluster

    def _event(
        self, record: OperationRecord, kind: EventKind, message: str, data: dict[str, Any], phase: str | None = None
    ) -> Event:
        at = record.phase if phase is None else phase
        return Event(kind, record.cluster_name, record.id, self._clock(), at, message=message, data=data)


def _first_that_works(end: "Callable[[Cluster | None], Event]", cluster: Cluster | None, store: "HeldStore") -> Event:
    """End with the cluster as it is; as it was last stored, where a plugin left what cannot be; without it, if gone."""
    try:
        return end(cluster)
    except (SeraiError, RecursionError) as error:
        if cluster is None or (isinstance(error, SeraiError) and is_open(error)):
            raise
    try:
        stored = store.cluster(cluster.name)
    except NotFound:
        return end(None)
    return end(stored)


def _lend_connections(work: Work, pool: "Pool", lifecycle: Lifecycle) -> None:
    stack = None if isinstance(work.plugins, SeraiError) else work.plugins
    if isinstance(work.infrastructure, Provider):
        for error in lend(work.cluster, work.infrastructure, pool, stack=stack, spared=_spared(work, lifecycle)):
            work.run.warn(f"[{error.code}] {error.message}")
    if stack is not None:
        work.cluster.bind_configs(stack.get_configs())


def _spared(work: Work, lifecycle: Lifecycle) -> type[SeraiError]:
    """What may keep a machine from being reached: who needs one that is gone is told so; to force an end, anything."""
    is_forced = lifecycle.leaves is None and work.record.request.get("force")
    return SeraiError if is_forced else NotFound


def _attempt(get: "Callable[[], Any]") -> Any:
    """What ``get`` gives, or the error that kept it: a cluster whose plugin is gone can still be ended."""
    try:
        return get()
    except SeraiError as error:
        return error


_CONTEXT: Final = ("operation", "phase")
_NOT_TAKEN: Final = frozenset({"STORE_UNAVAILABLE", "STORE_LOCKED", "STORE_FULL", "STORE_CLOSED", "STORE_GONE"})


def _explained(error: BaseException, record: OperationRecord, held: HeldLease) -> SeraiError:
    """The error, with the operation and the phase it happened in."""
    failure = error if isinstance(error, SeraiError) else _internal(error)
    failure = held.lost or failure  # whatever it led to
    if isinstance(failure, OperationCancelled) and not held.cancelled.is_set():
        failure = SeraiError(f"it was given up though nobody cancelled it: {failure.message}", code="GIVEN_UP")
    with_causes(failure)
    failure.details.update(zip(_CONTEXT, (f"{record.kind} {record.id}", record.phase), strict=True))
    if failure.code in _NOT_TAKEN:
        failure.hint = f"{failure.hint}: serai resume {record.cluster_name}"
    return failure


def _redactor(record: OperationRecord, work: Work | None) -> Redactor:
    """What masks the secrets of an operation and its cluster, as they now are."""
    held_by_cluster = holdings(work.cluster) if work is not None else []
    return Redactor(secrets_in(held_by_cluster, record.request, record.state).values)


def is_open(error: SeraiError) -> bool:
    """Whether an operation that ended so is not over: another engine has it, or the store does not take its end."""
    return isinstance(error, LeaseLost) or error.code in _NOT_TAKEN


def _internal(error: BaseException) -> SeraiError:
    return SeraiError(
        f"{type(error).__name__}: {error}",
        code="INTERNAL_ERROR",
        hint="this is a defect of Serai; report it with the traceback (-v shows it)",
    )
