"""A limit on how long a hook may take: a thread cannot be stopped, but whoever waits for it can go on without it."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from types import CodeType, FrameType
from typing import Any, Final

from attrs import field, frozen

from serai.hookspec.errors import OperationCancelled, Origin, PluginFailed, SeraiError

HOOK_SECONDS: Final = 7200.0
"""How long a hook may take unless an engine is told otherwise: machines take their time, and none takes hours."""

LOOK_SECONDS: Final = 600.0
"""How long a hook may take outside of operations, where somebody waits for an answer: it only looks."""

GRACE: Final = 10.0
"""Seconds a hook has to notice that its operation was cancelled."""

_GLANCE: Final = 0.2  # seconds between two looks at the operation's cancellation


@frozen(eq=False)
class Limit:
    """How long hooks may take, in one operation or outside of any.

    Attributes:
        seconds: for each call.
        cancelled: set when the operation is to stop; then only :data:`GRACE` is left.
    """

    seconds: float
    cancelled: threading.Event = field(factory=threading.Event)


def looking(hook_timeout: float) -> Limit:
    """The limit outside of operations, of an engine whose operations give hooks so many seconds."""
    return Limit(min(hook_timeout, LOOK_SECONDS))


def call_within(
    limit: Limit,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    culprit: Callable[[Sequence[CodeType]], Origin],
) -> Any:
    """Call hooks in a thread of their own; one that overruns the limit is left behind.

    What is left behind can do little harm: what it was lent refuses it once its operation has ended.

    Args:
        limit: how long it may take.
        function: calls them.
        arguments: what with.
        culprit: whose hook a thread is in, given the code that it runs, outermost first.

    Raises:
        PluginFailed: it took too long (code HOOK_TIMEOUT).
        OperationCancelled: the operation was cancelled, and the hook did not heed it.
    """
    future: Future[Any] = Future()
    context = copy_context()
    thread = threading.Thread(
        target=_run, args=(future, lambda: context.run(function, **arguments)), name="serai-hook", daemon=True
    )
    thread.start()
    if _is_done(future, limit):
        return future.result()
    frames = list(_frames(thread))
    error = _error(limit, culprit([frame.f_code for frame in frames]), frames)
    del frames
    raise error


def _run(future: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
        future.set_exception(error)
    else:
        future.set_result(result)


def _is_done(future: "Future[Any]", limit: Limit) -> bool:
    """Wait for an end, as long as there is time."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    deadline = time.monotonic() + limit.seconds
    is_cancelled = False
    while (left := deadline - time.monotonic()) > 0:
        if done.wait(min(_GLANCE, left)):
            return True
        if limit.cancelled.is_set() and not is_cancelled:
            is_cancelled = True
            deadline = min(deadline, time.monotonic() + GRACE)
    return done.is_set()


def _frames(thread: threading.Thread) -> Iterator[FrameType]:
    """What a thread is in, outermost first; nothing when it has just ended."""
    frame = sys._current_frames().get(thread.ident or 0)
    inner: list[FrameType] = []
    while frame is not None:
        inner.append(frame)
        frame = frame.f_back
    yield from reversed(inner)


def _error(limit: Limit, origin: Origin, frames: Sequence[FrameType]) -> SeraiError:
    where = f"; it was in {_place(frames[-1])}" if frames else ""
    error: SeraiError
    if limit.cancelled.is_set():
        error = OperationCancelled(f"the operation was cancelled; {origin} did not heed it and is left behind{where}")
    else:
        error = PluginFailed(
            f"{origin} did not return within {limit.seconds:g} s, and is left behind{where}",
            code="HOOK_TIMEOUT",
            hint="see where it hangs; in operations hooks may be given more time: Engine.open(hook_timeout=…)",
            details={"stack": [_place(frame) for frame in frames[-10:]]},
        )
    error.origin = origin
    return error


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"
