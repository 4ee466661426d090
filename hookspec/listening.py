"""The hook of listeners, and the events they hear."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from serai.hookspec.semantics import Role, notify


class EventKind(StrEnum):
    """What happened."""

    OPERATION_STARTED = "operation.started"
    OPERATION_SUCCEEDED = "operation.succeeded"
    OPERATION_FAILED = "operation.failed"
    OPERATION_CANCELLED = "operation.cancelled"
    PHASE_STARTED = "phase.started"
    PHASE_FINISHED = "phase.finished"
    STEP_STARTED = "step.started"
    STEP_PROGRESS = "step.progress"
    STEP_FINISHED = "step.finished"
    STEP_FAILED = "step.failed"
    HOST_FINISHED = "host.finished"
    HOST_FAILED = "host.failed"
    WARNING = "warning"


@frozen
class Event:
    """One thing that happened in an operation.

    Attributes:
        kind: what.
        cluster: the cluster's name.
        operation: the operation's id.
        time: when, in UTC.
        phase: the phase it happened in.
        step: the step, where there is one.
        host: the instance's name, where it is about one.
        message: for people; free of secrets.
        data: further facts, JSON-compatible and free of secrets.
        sequence: rises within a store; 0 before it is stored.
    """

    kind: EventKind
    cluster: str
    operation: str
    time: datetime
    phase: str = ""
    step: str = ""
    host: str = ""
    message: str = ""
    data: dict[str, Any] = field(factory=dict, hash=False)
    sequence: int = 0


@notify(isolated=True, roles=(Role.LISTENER,), required=(Role.LISTENER,))
def on_event(event: Event) -> None:
    """Hear of an event. Raising is logged and disturbs nothing; be quick, the operation waits.

    Called: for each event, after it was stored, in the operation's thread.

    Args:
        event: what happened.
    """
