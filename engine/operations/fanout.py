"""The same on many at once: bounded threads, a deadline for each, every outcome kept."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from attrs import define

from serai.hookspec.errors import DeadlineExceeded, OperationCancelled

Item = TypeVar("Item")
Result = TypeVar("Result")

WIDTH: Final = 32
"""How many items are worked on at a time."""

_GLANCE: Final = 0.2  # seconds between two looks at deadlines and at cancellation


@define
class Outcome(Generic[Item, Result]):
    """What became of one item: a result, or an error."""

    item: Item
    result: Result | None = None
    error: BaseException | None = None
    seconds: float = 0.0


@define(eq=False)
class _Task(Generic[Item, Result]):
    """An item, when its work began, and what became of it."""

    item: Item
    started: float | None = None
    outcome: Outcome[Item, Result] | None = None


class _Crew(Generic[Item, Result]):
    """Threads that work through tasks until there are none, or until they are told to stop."""

    def __init__(self, items: Sequence[Item], function: Callable[[Item], Result], cancelled: threading.Event) -> None:
        self.tasks: Final = [_Task[Item, Result](item) for item in items]
        self._function = function
        self._cancelled = cancelled
        self._done: queue.SimpleQueue[_Task[Item, Result]] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[_Task[Item, Result]] = queue.SimpleQueue()
        for task in self.tasks:
            self._waiting.put(task)

    def hire(self) -> None:
        """One more thread."""
        threading.Thread(target=self._work, name="serai-fan-out", daemon=True).start()

    def next_done(self) -> _Task[Item, Result] | None:
        """A task that has ended; None when none does for a moment."""
        try:
            return self._done.get(timeout=_GLANCE)
        except queue.Empty:
            return None

    def _work(self) -> None:
        while not self._cancelled.is_set():
            try:
                task = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._do(task)
            self._done.put(task)

    def _do(self, task: _Task[Item, Result]) -> None:
        task.started = time.monotonic()
        outcome: Outcome[Item, Result] = Outcome(task.item)
        try:
            outcome.result = self._function(task.item)
        except BaseException as error:  # noqa: BLE001 - kept, and raised where the outcomes are read
            outcome.error = error
        outcome.seconds = time.monotonic() - task.started
        task.outcome = outcome


def fan_out(
    items: Sequence[Item],
    function: Callable[[Item], Result],
    *,
    name: Callable[[Item], str],
    limit: Callable[[Item], float],
    cancelled: threading.Event,
    width: int = WIDTH,
) -> Iterator[Outcome[Item, Result]]:
    """Call a function with each item in parallel; give each outcome as it comes.

    A thread cannot be stopped: one that overruns its deadline is left behind, and its item has failed.

    Args:
        items: what to work on.
        function: called once with each item, in a thread.
        name: what errors call an item.
        limit: seconds for an item, from when its work begins.
        cancelled: when set, no more items begin.
        width: how many at a time.

    Yields:
        One outcome an item, in the order they end.

    Raises:
        OperationCancelled: as soon as ``cancelled`` is set.
    """
    crew = _Crew(items, function, cancelled)
    for _ in range(min(width, len(items))):
        crew.hire()
    unfinished = {id(task): task for task in crew.tasks}
    while unfinished:
        done = crew.next_done()
        if done is not None and id(done) in unfinished and done.outcome is not None:
            del unfinished[id(done)]
            yield done.outcome
        if cancelled.is_set():
            raise OperationCancelled("the operation was cancelled")
        for late in _overdue(list(unfinished.values()), limit):
            del unfinished[id(late)]
            crew.hire()  # the late one's thread is lost to the others
            error = DeadlineExceeded(f"not done within {limit(late.item):g} s", host=name(late.item))
            yield Outcome(late.item, error=error, seconds=limit(late.item))


def _overdue(tasks: Sequence[_Task[Item, Result]], limit: Callable[[Item], float]) -> list[_Task[Item, Result]]:
    now = time.monotonic()
    return [task for task in tasks if task.started is not None and now - task.started > limit(task.item)]
