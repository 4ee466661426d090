"""The installed listener: off, unless the environment asks for spans."""

import os
from typing import Final

from serai.contrib.opentelemetry.spans import SpanListener
from serai.hookspec import hookimpl
from serai.hookspec.listening import Event

VARIABLE: Final = "SERAI_OPENTELEMETRY"


class OnDemand:
    """Makes spans in processes whose environment has :data:`VARIABLE`, and does nothing in all others."""

    def __init__(self) -> None:
        self._spans = SpanListener()

    @hookimpl
    def on_event(self, event: Event) -> None:
        """Tell it, if spans are wanted."""
        if os.environ.get(VARIABLE):
            self._spans.on_event(event)


LISTENER: Final = OnDemand()
