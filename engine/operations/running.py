"""The operations that one engine runs: begun or taken up, run in its executor, brought to an end with it."""

import os
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import CancelledError, Executor, Future, wait
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from serai.engine.log_context import get_logger
from serai.engine.operations.events import Clock, EventLog
from serai.engine.operations.lease import HeldLease
from serai.engine.operations.leases import Leases
from serai.engine.operations.operation import Operation
from serai.engine.operations.owner import is_gone
from serai.engine.operations.runner import Runner
from serai.engine.operations.work import Lifecycle
from serai.engine.store.records import OperationRecord, OperationStatus
from serai.hookspec.errors import ClusterBusy, SeraiError, Unsupported, WrongStatus
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from serai.engine.store.store import Store
    from serai.hookspec.cluster import Cluster

STOP_SECONDS: Final = 120.0
"""How long an operation waits for the one that it cancels."""

log: Final = get_logger("serai.operations")


class RunningOperations:
    """Starts operations and keeps track of them. Safe to use from many threads.

    Args:
        lifecycles: by the kind of operation.
        runner: runs one operation.
        executor: runs the runner.
        store: where operations are recorded.
        leases: what this engine holds.
        events: what handles follow.
        clock: tells the time.
    """

    def __init__(
        self,
        lifecycles: Mapping[str, Lifecycle],
        runner: Runner,
        executor: Executor,
        store: "Store",
        leases: Leases,
        events: EventLog,
        clock: Clock,
    ) -> None:
        self._lifecycles = lifecycles
        self._runner = runner
        self._executor = executor
        self._store = store
        self._leases = leases
        self._events = events
        self._clock = clock
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._resuming = threading.Lock()
        self._running: dict[str, Operation[Any]] = {}
        self._closed = False

    def check(self) -> None:
        """Come here before an operation is recorded.

        Raises:
            SeraiError: the engine is closed (ENGINE_CLOSED), or belongs to the process this one was forked from
                (ENGINE_FORKED).
        """
        if self._closed:
            raise SeraiError("the engine is closed", code="ENGINE_CLOSED", hint="open another one")
        if os.getpid() != self._pid:
            raise SeraiError(
                "the engine was opened before this process was forked, and its threads stayed behind",
                code="ENGINE_FORKED",
                hint="open an engine in the process that uses it",
            )

    def begin(
        self, record: OperationRecord, cluster: "Cluster | None" = None, *, after: OperationRecord | None = None
    ) -> Operation[Any]:
        """Record a new operation, and run it.

        Args:
            record: the operation.
            cluster: a new cluster, to be stored with it.
            after: the last operation on the cluster when it was decided what to do; None when it does not matter.

        Raises:
            ClusterBusy: another operation is at work on the cluster.
            WrongStatus: another one came in between (code CLUSTER_CHANGED).
            SeraiError: the new cluster's name is taken (NAME_ALREADY_EXISTS), or the executor does not take the
                operation (EXECUTOR_REFUSED), which is then recorded as failed.
        """
        self.check()
        held = self._leases.begin(record, cluster, after=None if after is None else after.id)
        try:
            return self._start(record, held)
        except SeraiError as refused:
            self._end(record, held, refused)
            raise

    def settled(self, record: OperationRecord, result: Any) -> Operation[Any]:
        """The handle of an operation that had nothing to do; it is not recorded."""
        future: Future[Any] = Future()
        future.set_result(result)
        return Operation(record, future, self._events, threading.Event())

    def resume(
        self, cluster_name: str | None = None, *, only: Callable[[OperationRecord], bool] = lambda _: True
    ) -> list[Operation[Any]]:
        """Go on with operations that have not ended and that no engine acts for any more.

        Args:
            cluster_name: only on the cluster of this name.
            only: tells which of them.

        Returns:
            Those that this engine goes on with, since now or already, and of those taken up now also what has ended
            meanwhile; another may have been quicker to take one.

        Raises:
            Unsupported: one is of a kind that this version does not know (code UNKNOWN_OPERATION); it is left alone.
        """
        self.check()
        taken: list[Operation[Any]] = []
        for record in self.interrupted(cluster_name):
            if only(record):  # may ask plugins, which may take their time: others do not wait for that
                try:
                    taken.append(self._take_up(record))
                except (ClusterBusy, WrongStatus) as quicker:
                    log.debug("not taken up: %s", quicker)
        with self._resuming, self._lock:
            running = [each for each in self._running.values() if cluster_name in (None, each.cluster_name)]
        return list(dict.fromkeys([*taken, *(each for each in running if each.attempt > 1 and not each.done)]))

    def interrupted(self, cluster_name: str | None = None) -> list[OperationRecord]:
        """The operations that have not ended and that no engine acts for any more, the oldest first."""
        records = [self._store.operation(operation_id) for operation_id in self._leases.free()]
        return [record for record in records if cluster_name in (None, record.cluster_name)]

    def cancel(self, cluster_name: str) -> OperationRecord:
        """Ask what is at work on a cluster to stop, whichever engine acts for it.

        What this engine runs is asked at once, another engine looks every second. What was interrupted is
        taken up, to end here.

        Returns:
            The operation, as it is on record now.

        Raises:
            WrongStatus: nothing is at work on it (code NOTHING_TO_CANCEL).
        """
        self.check()
        unfinished = self._store.operations(cluster_name=cluster_name, unfinished=True)
        if not unfinished:
            raise WrongStatus(
                f"nothing is at work on cluster {cluster_name}",
                code="NOTHING_TO_CANCEL",
                place=cluster_name,
                hint=f"see what was: serai show {cluster_name}",
            )
        self._store.ask_to_stop(unfinished[-1].id)
        if (running := self.of(cluster_name)) is not None:
            running.cancel()
        else:
            self.resume(cluster_name)
        return self._store.operation(unfinished[-1].id)

    def make_way(self, cluster_name: str, *, for_kind: str, force: bool) -> Operation[Any] | None:
        """End whatever is at work on a cluster, for an operation that needs nothing of what it would have done.

        What this engine runs is cancelled. What was interrupted is given up, though another engine may take it up just
        now: nobody asked that one for it, and it is told when it next writes.

        Args:
            cluster_name: the cluster.
            for_kind: the kind of that operation.
            force: also what another engine acts for.

        Returns:
            One of that kind which goes on already, if any.

        Raises:
            ClusterBusy: what this engine runs did not stop in time.
        """
        self.check()
        if (running := self.of(cluster_name)) is not None:
            if running.kind == for_kind:
                return running
            running.cancel()
            _wait_for_end(running)
        doomed = [record.id for record in self.interrupted(cluster_name)]

        def is_as_asked(record: OperationRecord) -> bool:
            is_alike = record.kind == for_kind and bool(record.request.get("force")) >= force
            return is_alike and not self._store.asked_to_stop([record.id])

        for operation in self.resume(cluster_name, only=is_as_asked):
            if operation.kind == for_kind:
                return operation
        self._abandon(cluster_name, doomed, force=force)
        return None

    def _abandon(self, cluster_name: str, doomed: Collection[str], *, force: bool) -> None:
        """End operations that no engine acts for any more, as failed: nobody is to go on with them.

        Args:
            cluster_name: the cluster.
            doomed: those that are ended whoever acts for them by now.
            force: whether all are.
        """
        for record in self._store.operations(cluster_name=cluster_name, unfinished=True):
            try:
                taken, held = self._leases.take(record.id, _anybody if force or record.id in doomed else is_gone)
            except (ClusterBusy, WrongStatus):
                continue  # whoever wants the cluster is told
            abandoned = SeraiError(
                f"it was given up in {taken.phase or 'its beginning'}, since the cluster is to be deleted",
                code="ABANDONED",
            )
            self._end(taken, held, abandoned)

    def of(self, cluster_name: str) -> Operation[Any] | None:
        """The operation that runs on a cluster, if any."""
        with self._lock:
            return self._running.get(cluster_name)

    def close(self, *, cancel: bool) -> None:
        """Take no more operations, and wait until those that run have ended.

        Args:
            cancel: ask them to stop first.
        """
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        for operation in running if cancel else ():
            operation.cancel()
        if os.getpid() == self._pid:
            wait([operation.future for operation in running])

    def _take_up(self, interrupted: OperationRecord) -> Operation[Any]:
        if interrupted.kind not in self._lifecycles:
            raise _unknown(interrupted)
        with self._resuming:  # whoever looks for what runs looks before it is taken, or after it was begun
            record, held = self._leases.take(interrupted.id)
            try:
                self._leases.heed(held)
                return self._start(record, held)
            except SeraiError:
                self._leases.let_go(held)
                raise

    def _start(self, record: OperationRecord, held: HeldLease) -> Operation[Any]:
        try:
            with self._lock:
                self.check()
                future: Future[Any] = self._executor.submit(self._run, record, held)
                operation: Operation[Any] = Operation(record, future, self._events, held.cancelled)
                self._running[record.cluster_name] = operation
        except RuntimeError as error:
            raise SeraiError(f"the executor does not take the operation: {error}", code="EXECUTOR_REFUSED") from error
        future.add_done_callback(lambda _: self._forget(operation, held))
        return operation

    def _run(self, record: OperationRecord, held: HeldLease) -> Any:
        try:
            result = self._runner.run(self._lifecycles[record.kind], record, held)
        except BaseException:
            self._leases.let_go(held)  # for any engine to go on with, when its end could not be recorded
            raise
        self._leases.forget(held)
        return result

    def _forget(self, operation: Operation[Any], held: HeldLease) -> None:
        with self._lock:
            if self._running.get(operation.cluster_name) is operation:
                del self._running[operation.cluster_name]
        if operation.future.cancelled():  # by whoever owns the executor; it never began
            self._leases.let_go(held)

    def _end(self, record: OperationRecord, held: HeldLease, error: SeraiError) -> None:
        """Record that an operation failed that is not run."""
        record.status, record.error, record.finished_at = OperationStatus.FAILED, error.to_dict(), self._clock()
        data = {"error": record.error}
        told = Event(EventKind.OPERATION_FAILED, record.cluster_name, record.id, self._clock(), record.phase)
        try:
            self._events.tell(held.store.end(record, evolve(told, message=str(error), data=data)))
        finally:
            self._leases.forget(held)


def _unknown(record: OperationRecord) -> Unsupported:
    name = record.cluster_name
    return Unsupported(
        f"{record.kind} {name} is an operation that this version of Serai does not know",
        code="UNKNOWN_OPERATION",
        place=name,
        hint=f"go on with it by the version that began it; or end the cluster: serai down {name}",
    )


def _anybody(owner: str) -> bool:
    return True


def _wait_for_end(operation: Operation[Any]) -> None:
    """Wait until an operation has ended, in whatever way."""
    try:
        operation.result(STOP_SECONDS)
    except TimeoutError:
        raise ClusterBusy(
            f"{operation.kind} {operation.cluster_name} did not stop within {STOP_SECONDS:g} s",
            place=operation.cluster_name,
            hint="try again",
        ) from None
    except (SeraiError, CancelledError):
        return
