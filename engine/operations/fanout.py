"""The same on many at once: bounded threads, a deadline for each, every outcome kept."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import copy_context
from typing import Final, Generic, TypeVar

from attrs import define

from serai.hookspec.errors import DeadlineExceeded, OperationCancelled

Item = TypeVar("Item")
Result = TypeVar("Result")

WIDTH: Final = 64
"""How many items are worked on at a time: enough to hide 20 ms of round trip behind the work of two processors."""

_GLANCE: Final = 0.2  # seconds between two looks at deadlines and at cancellation


@define
class Outcome(Generic[Item, Result]):
    """What became of one item: a result, or an error."""

    item: Item
    result: Result | None = None
    error: BaseException | None = None
    seconds: float = 0.0


@define(eq=False)
class _Task(Generic[Item]):
    """Work on an item that has begun."""

    item: Item
    started: float
    abandoned: bool = False


class _Crew(Generic[Item, Result]):
    """Threads that work on items until there are none, or until they are dismissed."""

    def __init__(self, items: Sequence[Item], function: Callable[[Item], Result]) -> None:
        self._function = function
        self._context = copy_context()  # threads have none of their own: log records say whose work it is
        self._dismissed = threading.Event()
        self._waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._running: set[_Task[Item]] = set()
        self._lock = threading.Lock()  # of what runs
        self._done: queue.SimpleQueue[Outcome[Item, Result]] = queue.SimpleQueue()
        for item in items:
            self._waiting.put(item)

    def hire(self) -> None:
        """One more thread."""
        threading.Thread(target=self._work, name="serai-fan-out", daemon=True).start()

    def dismiss(self) -> None:
        """Have no more items begun, and wait for none that is."""
        self._dismissed.set()

    def next_done(self) -> list[Outcome[Item, Result]]:
        """What became of the items that are done with; empty when none is for a moment."""
        done: list[Outcome[Item, Result]] = []
        with suppress(queue.Empty):
            done.append(self._done.get(timeout=_GLANCE))
            while True:
                done.append(self._done.get_nowait())
        return done

    def abandon(self, limit: Callable[[Item], float]) -> list[Item]:
        """Give up items that overran their limit; other threads take the places of theirs."""
        now = time.monotonic()
        with self._lock:
            late = [task for task in self._running if now - task.started > limit(task.item)]
            for task in late:
                task.abandoned = True
            self._running.difference_update(late)
        for _ in late:
            self.hire()
        return [task.item for task in late]

    def _work(self) -> None:
        while not self._dismissed.is_set():
            try:
                task = _Task(self._waiting.get_nowait(), time.monotonic())
            except queue.Empty:
                return
            with self._lock:
                self._running.add(task)
            outcome = self._outcome(task)
            with self._lock:
                if task.abandoned:
                    return
                self._running.discard(task)
            self._done.put(outcome)

    def _outcome(self, task: _Task[Item]) -> Outcome[Item, Result]:
        outcome: Outcome[Item, Result] = Outcome(task.item)
        try:
            outcome.result = self._context.copy().run(self._function, task.item)
        except BaseException as error:  # noqa: BLE001 - kept, and raised where the outcomes are read
            outcome.error = error
        outcome.seconds = time.monotonic() - task.started
        return outcome


def _overdue(name: str, limit: float) -> DeadlineExceeded:
    hint = "see what it does there, or raise the limit"
    return DeadlineExceeded(f"not done within {limit:g} s", host=name, hint=hint, details={"limit": limit})


def fan_out(
    items: Sequence[Item],
    function: Callable[[Item], Result],
    *,
    name: Callable[[Item], str],
    limit: Callable[[Item], float],
    cancelled: threading.Event,
    width: int = WIDTH,
) -> Iterator[list[Outcome[Item, Result]]]:
    """Call a function with each item in parallel; give the outcomes as they come.

    A thread cannot be stopped: one that overruns its deadline is left behind, and its item has failed. It begins no
    other, and what becomes of it is told to nobody.

    Args:
        items: what to work on.
        function: called once with each item, in a thread.
        name: what errors call an item.
        limit: seconds for an item, from when its work begins.
        cancelled: when set, no more items begin.
        width: how many at a time.

    Yields:
        One outcome an item in the order they end: those that came since whoever reads them was last ready for some.

    Raises:
        OperationCancelled: as soon as ``cancelled`` is set.
    """
    crew = _Crew(items, function)
    unfinished = len(items)
    try:
        for _ in range(min(width, unfinished)):
            crew.hire()
        while unfinished:
            ended = crew.next_done()
            for item in crew.abandon(limit):
                error = _overdue(name(item), limit(item))
                ended.append(Outcome(item, error=error, seconds=limit(item)))
            if ended:
                unfinished -= len(ended)
                yield ended
            if cancelled.is_set():
                raise OperationCancelled("the operation was cancelled")
    finally:
        crew.dismiss()  # also when whoever reads the outcomes goes away in the middle
