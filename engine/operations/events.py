"""Events of operations: stored, then told to listeners and to whoever follows."""

import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from serai.engine.log_context import get_logger
from serai.engine.redaction import Redactor
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from serai.engine.plugins.catalog import Catalog
    from serai.engine.store.store import Store

log: Final = get_logger("serai.operations")

Clock = Callable[[], datetime]
"""Tells the time, in UTC."""


def utc_now() -> datetime:
    """The clock used unless another is passed in."""
    return datetime.now(UTC)


class EventLog:
    """Where the events of one engine go. Safe to use from many threads."""

    def __init__(self, store: "Store", catalog: "Catalog", clock: Clock = utc_now) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._secrets: Callable[[], Redactor] = lambda: _NO_SECRETS
        self._news = threading.Condition()

    def through(self, store: "Store", secrets: Callable[[], Redactor]) -> "EventLog":
        """The same log for one operation.

        Args:
            store: that of who holds the operation.
            secrets: gives what masks the operation's secrets, as they now are.
        """
        same = copy(self)
        same._store, same._secrets = store, secrets
        return same

    def emit(self, kind: EventKind, *, cluster: str, operation: str, **fields: Any) -> Event:
        """Store an event, then tell it.

        Args:
            kind: what happened.
            cluster: the cluster's name.
            operation: the operation's id.
            fields: further fields of :class:`~serai.hookspec.listening.Event`.
        """
        (event,) = self.emit_all([(kind, fields)], cluster=cluster, operation=operation)
        return event

    def emit_all(
        self, batch: Sequence[tuple[EventKind, Mapping[str, Any]]], *, cluster: str, operation: str
    ) -> list[Event]:
        """As :meth:`emit`, for many at once, which costs the store little more than one."""
        now = self._clock()
        if any(fields.get("message") for _, fields in batch):  # else it has the engine's own words alone
            redactor = self._secrets()
            batch = [(kind, _masked(fields, redactor)) for kind, fields in batch]
        events = [Event(kind, cluster, operation, now, **fields) for kind, fields in batch]
        events = self._store.add_events(events)
        for event in events:
            self.tell(event)
        return events

    def tell(self, event: Event) -> None:
        """Tell an event that is stored."""
        log.debug("%s %s %s %s %s", event.kind, event.phase, event.step, event.host, event.message)
        for error in self._catalog.hear(event):
            log.warning("a listener failed: %s", error)
        with self._news:
            self._news.notify_all()

    def after(self, sequence: int, *, operation: str) -> list[Event]:
        """The events of an operation that came after a sequence number."""
        return self._store.events(operation=operation, after=sequence)

    def wait(self, timeout: float) -> None:
        """Wait until something is emitted in this process, at most ``timeout`` seconds."""
        with self._news:
            self._news.wait(timeout)


_NO_SECRETS: Final = Redactor(())
_SAID: Final = ("message", "data")
"""Fields of events that may hold what others said."""


def _masked(fields: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    return {name: redactor.data(value) if name in _SAID else value for name, value in fields.items()}
