"""Events as plain lines."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from serai.engine.cli.lines import line
from serai.hookspec.listening import Event, EventKind

NOON = datetime(2026, 5, 4, 12, 3, 1, tzinfo=UTC)


def event(kind: EventKind, **fields: Any) -> Event:
    return Event(kind, "demo", "1234", NOON, **fields)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (event(EventKind.OPERATION_STARTED, message="create demo"), "create demo started"),
        (event(EventKind.OPERATION_SUCCEEDED, message="create demo"), "create demo done"),
        (event(EventKind.PHASE_STARTED, phase="configure", message="Configuring"), "configure  started"),
        (event(EventKind.PHASE_FINISHED, phase="configure", message="Configuring"), "configure  done"),
        (event(EventKind.STEP_STARTED, phase="start", step="start workers"), "start  start workers  started"),
        (
            event(
                EventKind.HOST_FINISHED, phase="start", step="start workers", host="worker-2", data={"seconds": 0.84}
            ),
            "start  start workers  worker-2 ok 0.8s",
        ),
        (
            event(EventKind.HOST_FAILED, phase="start", step="s", host="worker-2", message="[TIMEOUT] no\nmore"),
            "start  s  worker-2 failed: [TIMEOUT] no",
        ),
        (
            event(EventKind.STEP_FINISHED, phase="start", step="start workers", data={"seconds": 75}),
            "start  start workers  done 1m15s",
        ),
        (event(EventKind.STEP_PROGRESS, phase="configure", step="fetch", message="pip"), "configure  fetch  pip"),
        (event(EventKind.WARNING, phase="clean up", message="odd"), "clean up  warning: odd"),
        (
            event(EventKind.OPERATION_FAILED, phase="start", message="start failed on 2 hosts:\n  a\n  b"),
            "start  failed: start failed on 2 hosts",
        ),
        (event(EventKind.OPERATION_CANCELLED, phase="start", message="asked to"), "start  cancelled: asked to"),
    ],
)
def test_an_event_is_one_line(happened: Event, told: str) -> None:
    """Time, phase, step, host and how it went; whatever else stands in the error."""
    assert line(happened, UTC) == f"12:03:01 {told}"


def test_every_kind_of_event_can_be_told() -> None:
    """A kind added to the contract needs a word here."""
    assert all(line(event(kind), UTC).startswith("12:03:01") for kind in EventKind)


def test_times_are_those_of_the_zone() -> None:
    """Of the machine, unless another is asked for."""
    assert line(event(EventKind.WARNING), timezone(timedelta(hours=5, minutes=30))).startswith("17:33:01 ")
