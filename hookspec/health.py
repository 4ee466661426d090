"""Health checks: green, yellow or red, with a reason."""

from collections.abc import Callable
from enum import StrEnum

from attrs import field, frozen


class HealthColor(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    @property
    def severity(self) -> int:
        """0 for green, 1 for yellow, 2 for red."""
        return list(HealthColor).index(self)


@frozen
class Health:
    """What a check found.

    Attributes:
        color: green, yellow or red.
        reason: what is right or wrong, naming the instances at fault.
    """

    color: HealthColor = field(converter=HealthColor)
    reason: str = ""


@frozen
class HealthCheck:
    """One thing to look at.

    Attributes:
        name: what is looked at.
        check: looks, and says how it is. Raising counts as red.
        timeout: seconds; beyond them the check counts as yellow.
    """

    name: str
    check: Callable[[], Health]
    timeout: float = field(default=30.0, converter=float)
