"""From events to spans. The events of an operation come in their order; of many operations, in any."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from serai.hookspec import hookimpl
from serai.hookspec.listening import Event, EventKind

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

_FAILURES: Final = frozenset(
    {EventKind.OPERATION_FAILED, EventKind.OPERATION_CANCELLED, EventKind.STEP_FAILED, EventKind.HOST_FAILED}
)
_OVER: Final = frozenset({EventKind.OPERATION_SUCCEEDED, EventKind.OPERATION_FAILED, EventKind.OPERATION_CANCELLED})
_HOSTS: Final = frozenset({EventKind.HOST_FINISHED, EventKind.HOST_FAILED})
_SAYINGS: Final = frozenset({EventKind.WARNING, EventKind.STEP_PROGRESS})


@define
class _Trace:
    """The spans of one operation that have not ended."""

    operation: "Span"
    phase: "Span | None" = None
    steps: "dict[str, Span]" = field(factory=dict)

    def nearest(self, step: str) -> "Span":
        """The span that something of a step belongs to."""
        return self.steps.get(step) or self.phase or self.operation


class SpanListener:
    """A listener that makes spans of events. Safe to use from many threads.

    Args:
        provider: where spans go; OpenTelemetry's global one when None.
    """

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._provider = provider
        self._traces: dict[str, _Trace] = {}
        self._lock = threading.Lock()

    @hookimpl
    def on_event(self, event: Event) -> None:
        """Begin, end or add to the spans of the event's operation."""
        with self._lock:
            if event.kind is EventKind.OPERATION_STARTED:
                self._start(event)
            elif trace := self._traces.get(event.operation):
                self._tell(trace, event)
                if event.kind in _OVER:
                    del self._traces[event.operation]

    def _start(self, event: Event) -> None:
        if left := self._traces.pop(event.operation, None):  # it was interrupted, and is taken up
            _end_all(left, event)
        span = self._begin(event, event.message, None)
        self._traces[event.operation] = _Trace(span)

    def _tell(self, trace: _Trace, event: Event) -> None:
        match event.kind:
            case EventKind.PHASE_STARTED:
                trace.phase = self._begin(event, event.phase, trace.operation)
            case EventKind.PHASE_FINISHED if trace.phase is not None:
                _end(trace.phase, event)
                trace.phase = None
            case EventKind.STEP_STARTED:
                trace.steps[event.step] = self._begin(event, event.step, trace.nearest(""))
            case EventKind.STEP_FINISHED | EventKind.STEP_FAILED if event.step in trace.steps:
                _end(trace.steps.pop(event.step), event)
            case kind if kind in _HOSTS:
                self._host(trace, event)
            case kind if kind in _SAYINGS:
                trace.nearest(event.step).add_event(event.message, _attributes(event), _nanoseconds(event))
            case kind if kind in _OVER:
                _end_all(trace, event)

    def _host(self, trace: _Trace, event: Event) -> None:
        """A host's part is told when it ends, with how long it took."""
        _end(self._begin(event, event.host, trace.nearest(event.step), ago=event.data.get("seconds", 0.0)), event)

    def _begin(self, event: Event, name: str, parent: "Span | None", ago: float = 0.0) -> "Span":
        from opentelemetry.context import Context
        from opentelemetry.trace import set_span_in_context

        context = Context() if parent is None else set_span_in_context(parent, Context())
        began = _nanoseconds(event) - round(ago * 1e9)
        return self._tracer.start_span(name, context, attributes=_attributes(event), start_time=began)

    @property
    def _tracer(self) -> "Tracer":
        from opentelemetry.trace import get_tracer

        return get_tracer("serai", tracer_provider=self._provider)


def _end_all(trace: _Trace, event: Event) -> None:
    """End what is open: the innermost first; a step or phase in which the operation failed has failed, too."""
    for span in (*trace.steps.values(), *([trace.phase] if trace.phase else []), trace.operation):
        _end(span, event)


def _end(span: "Span", event: Event) -> None:
    from opentelemetry.trace import StatusCode

    if event.kind in _FAILURES:
        span.set_status(StatusCode.ERROR, event.message)
        span.set_attributes(_error(event.data.get("error", {})))
    span.end(_nanoseconds(event))


def _attributes(event: Event) -> dict[str, str]:
    told = {name: getattr(event, name) for name in ("operation", "cluster", "phase", "step", "host")}
    return {f"serai.{name}": value for name, value in told.items() if value}


def _error(error: Mapping[str, Any]) -> dict[str, str]:
    told = {"error.type": error.get("code"), "serai.hint": error.get("hint")}
    return {name: value for name, value in told.items() if value}


def _nanoseconds(event: Event) -> int:
    return round(event.time.timestamp() * 1e9)
