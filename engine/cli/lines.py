"""Events as plain lines, for logs and for terminals that are none."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from serai.engine.cli.durations import duration
from serai.engine.cli.printable import printable
from serai.hookspec.listening import Event, EventKind

_OUTCOMES: Final[Mapping[EventKind, str]] = {
    EventKind.OPERATION_STARTED: "started",
    EventKind.OPERATION_SUCCEEDED: "done",
    EventKind.OPERATION_FAILED: "failed",
    EventKind.OPERATION_CANCELLED: "cancelled",
    EventKind.PHASE_STARTED: "started",
    EventKind.PHASE_FINISHED: "done",
    EventKind.STEP_STARTED: "started",
    EventKind.STEP_PROGRESS: "",
    EventKind.STEP_FINISHED: "done",
    EventKind.STEP_FAILED: "failed",
    EventKind.HOST_FINISHED: "ok",
    EventKind.HOST_FAILED: "failed",
    EventKind.WARNING: "warning",
}

_TELLS_MESSAGE: Final = frozenset(
    {
        EventKind.OPERATION_FAILED,
        EventKind.OPERATION_CANCELLED,
        EventKind.STEP_PROGRESS,
        EventKind.STEP_FAILED,
        EventKind.HOST_FAILED,
        EventKind.WARNING,
    }
)
"""Kinds whose message says more than their other fields do."""


def line(event: Event, zone: tzinfo | None = None) -> str:
    """One event as one line: ``12:03:01 configure  install spark  demo-worker-1 ok 0.8s``.

    Args:
        event: what happened.
        zone: of the time shown; the machine's own when None.
    """
    time = event.time.astimezone(zone).strftime("%H:%M:%S")
    columns = (event.phase, event.step, _told(event))
    return printable(f"{time} {'  '.join(filter(None, columns))}".rstrip())


def subject(event: Event) -> str:
    """What an event of an operation is about, where neither phase nor host tells: ``create demo``."""
    return "" if event.kind in _TELLS_MESSAGE or event.phase else event.message


def first_line(text: str) -> str:
    """The first line of a text; the rest is told where there is room for it."""
    return text.partition("\n")[0].rstrip(":")


def seconds_of(event: Event) -> float | None:
    """How long what the event ends took."""
    seconds = event.data.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else None


def hosts_of(event: Event) -> list[str]:
    """The hosts that a step is about, as it tells when it begins; none where it does not."""
    hosts = event.data.get("hosts")
    return [str(host) for host in hosts] if isinstance(hosts, list) else []


def _told(event: Event) -> str:
    seconds = seconds_of(event)
    words = (
        event.host or subject(event),
        _OUTCOMES[event.kind],
        f"on {len(hosts)} hosts" if len(hosts := hosts_of(event)) > 1 else "",
        "" if seconds is None else duration(seconds),
    )
    told = " ".join(filter(None, words))
    message = first_line(event.message) if event.kind in _TELLS_MESSAGE else ""
    return ": ".join(filter(None, (told, message)))
