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


@define
class _Task(Generic[Item, Result]):
    item: Item
    started: float | None = None
    outcome: Outcome[Item, Result] | None = None


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
    tasks = [_Task[Item, Result](item) for item in items]
    waiting: queue.SimpleQueue[_Task[Item, Result]] = queue.SimpleQueue()
    done: queue.SimpleQueue[_Task[Item, Result]] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)

    def work() -> None:
        while not cancelled.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            task.started = time.monotonic()
            outcome: Outcome[Item, Result] = Outcome(task.item)
            try:
                outcome.result = function(task.item)
            except BaseException as error:  # noqa: BLE001 - kept, and raised where the outcomes are read
                outcome.error = error
            outcome.seconds = time.monotonic() - task.started
            if task.outcome is None:
                task.outcome = outcome
            done.put(task)

    def hire() -> None:
        threading.Thread(target=work, name="serai-fan-out", daemon=True).start()

    for _ in range(min(width, len(tasks))):
        hire()
    unfinished = {id(task): task for task in tasks}
    while unfinished:
        try:
            task = done.get(timeout=_GLANCE)
        except queue.Empty:
            pass
        else:
            if unfinished.pop(id(task), None) is not None and task.outcome is not None:
                yield task.outcome
        if cancelled.is_set():
            raise OperationCancelled("the operation was cancelled")
        now = time.monotonic()
        for task in list(unfinished.values()):
            seconds = limit(task.item)
            if task.started is not None and now - task.started > seconds:
                del unfinished[id(task)]
                hire()  # the late one's thread is lost to the others
                error = DeadlineExceeded(f"not done within {seconds:g} s", host=name(task.item))
                task.outcome = Outcome(task.item, error=error, seconds=seconds)
                yield task.outcome
