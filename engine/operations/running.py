"""The operations that one engine runs: started in its executor, found by cluster, brought to an end with it."""

import logging
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Executor, Future, wait
from typing import TYPE_CHECKING, Any, Final

from serai.engine.operations.events import Clock, EventLog
from serai.engine.operations.operation import Operation
from serai.engine.operations.owner import is_of_this_host, may_be_alive
from serai.engine.operations.runner import Runner
from serai.engine.operations.work import Lifecycle
from serai.engine.store.records import OperationRecord, OperationStatus
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from serai.engine.store.store import Store

log: Final = logging.getLogger("serai.operations")


class RunningOperations:
    """Starts operations and keeps track of them. Safe to use from many threads.

    Args:
        lifecycles: by the kind of operation.
        runner: runs one operation.
        executor: runs the runner.
        store: where operations are recorded.
        events: what handles follow.
        clock: tells the time.
    """

    def __init__(
        self,
        lifecycles: Mapping[str, Lifecycle],
        runner: Runner,
        executor: Executor,
        store: "Store",
        events: EventLog,
        clock: Clock,
    ) -> None:
        self._lifecycles = lifecycles
        self._runner = runner
        self._executor = executor
        self._store = store
        self._events = events
        self._clock = clock
        self._pid = os.getpid()
        self._lock = threading.Lock()
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

    def start(self, record: OperationRecord) -> Operation[Any]:
        """Run an operation that is in the store.

        Raises:
            SeraiError: the executor does not take it (code EXECUTOR_REFUSED); it is recorded as failed.
        """
        cancelled = threading.Event()
        try:
            future: Future[Any] = self._executor.submit(self._run, record, cancelled)
        except RuntimeError as error:
            refused = SeraiError(f"the executor does not take the operation: {error}", code="EXECUTOR_REFUSED")
            self._give_up(record.id, refused)
            raise refused from error
        operation: Operation[Any] = Operation(record, future, self._events, cancelled)
        with self._lock:
            self._running[record.cluster_name] = operation
        future.add_done_callback(lambda _: self._forget(operation))
        return operation

    def _run(self, record: OperationRecord, cancelled: threading.Event) -> Any:
        try:
            return self._runner.run(self._lifecycles[record.kind], record, cancelled)
        except BaseException as error:
            self._give_up(record.id, error)  # unless the runner could record it itself
            raise

    def of(self, cluster_name: str) -> Operation[Any] | None:
        """The operation that runs on a cluster, if any."""
        with self._lock:
            return self._running.get(cluster_name)

    def release(self, cluster_name: str, *, unseen: bool = False) -> None:
        """Record operations whose process is gone as failed, so that the cluster can be worked on again.

        Args:
            cluster_name: the cluster.
            unseen: whether a process of another host counts as gone: what was this host may have another name by now.
        """
        for record in self._store.operations(cluster_name=cluster_name, unfinished=True):
            if not may_be_alive(record.owner) or (unseen and not is_of_this_host(record.owner)):
                gone = SeraiError(
                    "the engine that ran it ended", code="ENGINE_GONE", hint=f"go on: serai retry {cluster_name}"
                )
                self._give_up(record.id, gone)

    def close(self, *, cancel: bool) -> None:
        """Take no more operations, and wait until those that run have ended.

        Args:
            cancel: ask them to stop first.
        """
        self._closed = True
        with self._lock:
            running = list(self._running.values())
        for operation in running if cancel else ():
            operation.cancel()
        if os.getpid() == self._pid:
            wait([operation.future for operation in running])

    def _forget(self, operation: Operation[Any]) -> None:
        with self._lock:
            if self._running.get(operation.cluster_name) is operation:
                del self._running[operation.cluster_name]

    def _give_up(self, operation_id: str, error: BaseException) -> None:
        """Record an operation as failed, unless its end is recorded: none may hold its cluster for ever."""
        try:
            record = self._store.operation(operation_id)
            if not record.status.is_final:
                known = error if isinstance(error, SeraiError) else SeraiError(str(error), code="INTERNAL_ERROR")
                record.status, record.error = OperationStatus.FAILED, known.to_dict()
                record.finished_at = self._clock()
                self._store.save_operation(record)
        except SeraiError as trouble:  # the store is broken: another engine releases the cluster when we are gone
            log.warning("the end of operation %s could not be recorded: %s", operation_id, trouble)
