"""What log records say of where they come from: operation, cluster, phase and host, in every thread of an operation.

Nothing is set up here: the engine's own loggers are given a filter that fills in four attributes, and whoever embeds
the engine decides what becomes of the records.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from attrs import evolve, frozen


@frozen
class Place:
    """Where a thread is at work; ``""`` where that is not known.

    Attributes:
        operation: the operation's id.
        cluster: the cluster's name.
        phase: the phase.
        host: the instance's name.
        mask: takes secrets out of what is logged.
        hook: the plugin's hook, or what stands for one: a check of its, a method of its job engine.
        step: the step.
        polled: what the calls of a probe last came to, kept by who observes them; None where nothing is waited for.
    """

    operation: str = ""
    cluster: str = ""
    phase: str = ""
    host: str = ""
    mask: Callable[[str], str] = str
    hook: str = ""
    step: str = ""
    polled: dict[Any, Any] | None = None


ATTRIBUTES: Final = ("operation", "cluster", "phase", "host")
"""Of a place; log records have them as ``serai_operation`` and so on."""

_NOWHERE: Final = Place()
_place: Final[ContextVar[Place]] = ContextVar("serai_place", default=_NOWHERE)


def here() -> Place:
    """Where this thread is at work."""
    return _place.get()


@contextmanager
def at(**fields: Any) -> Iterator[None]:
    """Be at work in a place while the context lasts; fields that are not given are as around it."""
    token = _place.set(evolve(_place.get(), **fields))
    try:
        yield
    finally:
        _place.reset(token)


class LogContext(logging.Filter):
    """Gives records ``serai_operation``, ``serai_cluster``, ``serai_phase`` and ``serai_host``; lets every one pass.

    The engine's loggers have it. A host service adds it to a handler of its own to have the attributes on the records
    of plugins' loggers, too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Fill in what the record does not say itself."""
        place = _place.get()
        for name in ATTRIBUTES:
            attribute = f"serai_{name}"
            if not getattr(record, attribute, ""):
                setattr(record, attribute, getattr(place, name))
        if place.mask is not str:
            record.msg, record.args = place.mask(record.getMessage()), None
        return True


_CONTEXT: Final = LogContext()


def get_logger(name: str) -> logging.Logger:
    """The logger of a part of the engine."""
    logger = logging.getLogger(name)
    logger.addFilter(_CONTEXT)
    return logger
