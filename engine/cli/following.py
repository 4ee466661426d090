"""Following an operation to its end: its progress told, Ctrl-C understood, what a failure left behind said."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import define, field

from serai.engine.cli.exits import Exit
from serai.engine.cli.progress import Progress
from serai.engine.cli.session import Session
from serai.hookspec.errors import LeaseLost, OperationCancelled, SeraiError, ValidationFailed
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from serai.engine.engine import Engine
    from serai.engine.operations.operation import Operation

T = TypeVar("T")

_LOG: Final = logging.getLogger("serai")
_SHOW_CURSOR: Final = "\x1b[?25h"
"""What is redrawn hides it."""


def follow(session: Session, operation: "Operation[T]") -> T:
    """Tell how an operation goes, and wait for its end.

    Returns:
        What it returns.

    Raises:
        SeraiError: why it failed; with what it left and how to go on.
        OperationCancelled: it was interrupted; likewise.
    """
    with session.progress() as progress, _interruptible(operation, progress) as interruption, _logged(progress) as told:
        for event in operation.events():
            if not _is_told(event, told):
                progress.show(event)
    try:
        return operation.result()
    except SeraiError as error:
        _add_remains(error, session.engine, operation)
        if interruption.asked and not isinstance(error, OperationCancelled):
            raise _interrupted(error, operation) from error
        raise


@define
class _Interruption:
    """Whether the user pressed Ctrl-C."""

    asked: bool = field(default=False, init=False)


@contextmanager
def _interruptible(operation: "Operation[Any]", progress: Progress) -> Iterator[_Interruption]:
    """Let the first Ctrl-C cancel the operation, and the second one leave at once."""
    interruption = _Interruption()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if interruption.asked:
            _leave(operation)
        interruption.asked = True
        operation.cancel()
        # Not from here: a handler runs in the middle of whatever the main thread does, with its locks held.
        note = f"cancelling {operation.kind} {operation.cluster_name}: what is begun is finished; Ctrl-C again to leave"
        threading.Thread(target=progress.note, args=(note,), daemon=True).start()

    if threading.current_thread() is not threading.main_thread():
        yield interruption  # signals are the main thread's
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(operation: "Operation[Any]") -> None:
    """End this process now. What the operation began is in the store, for retry and down to find."""
    name = operation.cluster_name
    cursor = _SHOW_CURSOR if sys.stderr.isatty() else ""
    left = f"left {operation.kind} {name} unfinished\n  go on: serai retry {name}\n  remove: serai down {name}"
    # Past sys.stderr: the signal may have come in the middle of a write, and its buffer cannot be entered twice.
    os.write(sys.stderr.fileno(), f"{cursor}\n{left}\n".encode())
    os._exit(Exit.INTERRUPTED)


class _Notes(logging.Handler):
    """Warnings of the log, told among the progress."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.WARNING)
        self.told: set[str] = set()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a warning."""
        message = record.getMessage()
        self.told.add(message)
        self._progress.note(f"warning: {message}")


@contextmanager
def _logged(progress: Progress) -> Iterator[set[str]]:
    """Tell warnings of the log while the context lasts; gives those told."""
    handler = _Notes(progress)
    _LOG.addHandler(handler)
    try:
        yield handler.told
    finally:
        _LOG.removeHandler(handler)


def _is_told(event: Event, told: set[str]) -> bool:
    """Operations log their warnings and emit them as events, too."""
    return event.kind is EventKind.WARNING and event.message in told


def _interrupted(error: SeraiError, operation: "Operation[Any]") -> SeraiError:
    """What failed after Ctrl-C, as an interruption: the terminal sends it to everything that runs, not to us alone."""
    message = f"{operation.kind} {operation.cluster_name} was interrupted: {error}"
    cancelled = OperationCancelled(message, place=error.place, details=error.details)
    cancelled.origin = error.origin
    return cancelled


def _add_remains(error: SeraiError, engine: "Engine", operation: "Operation[Any]") -> None:
    """Add to an error what is left of the cluster, and how to go on."""
    if isinstance(error, LeaseLost):
        return  # another engine goes on
    name = operation.cluster_name
    try:
        cluster = engine.clusters.get(name)
    except SeraiError:
        return  # it is gone, or the store is: there is nothing to go on with
    machines = [
        f"{instance.instance_name} {instance.management_ip}".strip()
        for instance in [*cluster.instances, *cluster.quarantined]
    ]
    error.details["cluster"] = f"{name} is {cluster.status}, with {_number(len(machines))}"
    if machines and not isinstance(error, ValidationFailed):
        error.details.setdefault("machines", machines)
    error.details["next"] = _next_steps(operation)


def _next_steps(operation: "Operation[Any]") -> list[str]:
    name = operation.cluster_name
    steps = [f"serai retry {name}    goes on where it stopped"]
    if operation.kind == "terminate":
        steps.append(f"serai down {name} --force    gives up on machines that cannot be removed, and tells which")
        return steps
    if operation.kind in ("reconfigure", "reshape"):
        steps.append("serai apply FILE    with the former document puts the former values back")
    return [*steps, f"serai down {name}    removes it and all its machines"]


def _number(machines: int) -> str:
    return f"{machines} machine{'' if machines == 1 else 's'}" if machines else "no machines"
