"""The handle of an operation: wait for it, follow it, cancel it, await it."""

import asyncio
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from serai.engine.operations.events import EventLog
from serai.hookspec.listening import Event

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord

T = TypeVar("T")


class Operation(Generic[T]):
    """An operation that this engine runs.

    Attributes:
        id: its identifier in the store.
        kind: ``create``, ``scale``, ``reconfigure``, ``reshape`` (both), ``terminate``.
        cluster_name: the cluster it works on.
        attempt: 1, and one more for each time that an engine took it up where another stopped.
    """

    def __init__(
        self, record: "OperationRecord", future: "Future[T]", events: EventLog, cancelled: threading.Event
    ) -> None:
        self.id = record.id
        self.kind = record.kind
        self.cluster_name = record.cluster_name
        self.attempt = record.attempt
        self.future = future
        self._events = events
        self._cancelled = cancelled

    def __repr__(self) -> str:
        return f"<Operation {self.kind} {self.cluster_name} {self.id}>"

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.future.done()

    def result(self, timeout: float | None = None) -> T:
        """Wait for the end.

        Args:
            timeout: seconds to wait at most; None for no limit. The operation goes on after it.

        Returns:
            The cluster as it now is; None for a deletion. For jobs, the execution.

        Raises:
            SeraiError: why it failed, with phase, step, host, cause and next action.
            TimeoutError: it has not ended yet.
        """
        return self.future.result(timeout)

    def events(self) -> Iterator[Event]:
        """Every event from the first, as they come, until the operation has ended."""
        sequence = 0
        while True:
            done = self.done  # before reading: what was emitted until then is read below
            for event in self._events.after(sequence, operation=self.id):
                sequence = event.sequence
                yield event
            if done:
                return
            self._events.wait(0.2)

    def cancel(self) -> None:
        """Ask it to stop. It ends as cancelled, and says what it left; what is finished is not undone."""
        self._cancelled.set()

    def __await__(self) -> Generator[Any, None, T]:
        """Wait for the end without blocking the event loop; cancelling the task leaves the operation running."""
        return asyncio.shield(asyncio.wrap_future(self.future)).__await__()
