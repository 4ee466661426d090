"""What operations do, as OpenTelemetry spans: operation, phase, step, host.

Nothing of OpenTelemetry is imported before the first event is told to a listener that is on. Needs the extra
``opentelemetry``, and a tracer provider (the SDK's) that says where spans go.
"""

from serai.contrib.opentelemetry.spans import SpanListener

__all__ = ["SpanListener"]
