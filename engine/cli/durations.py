"""Spans of time, as people read them."""

from datetime import datetime
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def duration(seconds: float) -> str:
    """How long something took: ``0.8s``, ``42s``, ``2m05s``, ``1h03m``."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"


def age(since: datetime | None, now: datetime) -> str:
    """How old something is, in its largest unit: ``12s``, ``5m``, ``3h``, ``9d``; ``""`` when not known."""
    if since is None:
        return ""
    seconds = max(0, int((now - since).total_seconds()))
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"
