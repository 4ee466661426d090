"""What can go wrong with a call, and with which one."""

import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from attrs import define, field, frozen


class Crash(BaseException):
    """Whoever was asking is dead, as after ``kill -9``: nothing of it goes on. No hook gets to see this error.

    Raised before the call has any effect; that of all calls before it is there.
    """


@frozen
class Call:
    """One round trip to a host.

    Attributes:
        kind: ``run``, ``put``, ``get``, ``facts``, ``start``… as in :class:`~serai.hookspec.remote.Remote`.
        words: what was asked for: an argument list, paths, names. Never content.
        root: whether it is to be done as root.
    """

    kind: str
    words: tuple[str, ...] = ()
    root: bool = False

    def __str__(self) -> str:
        return " ".join((self.kind, *self.words))


class FaultKind(Enum):
    """What goes wrong."""

    CRASH = auto()
    """:class:`Crash` is raised, before anything is done."""
    HANG = auto()
    """Nothing is done, and nothing answers until the caller's limit has passed."""
    SLOW = auto()
    """It takes longer; past the caller's limit it is not done."""
    UNREACHABLE = auto()
    """Nothing is done, and the machine is not reached."""
    DISK_FULL = auto()
    """Nothing can be written."""
    GARBAGE = auto()
    """What is answered is another text."""


@frozen
class Fault:
    """A thing that goes wrong with a call.

    Attributes:
        kind: what.
        seconds: how much longer a slow call takes.
        text: what is said in the place of an answer, where that is garbage.
    """

    kind: FaultKind
    seconds: float = 0.0
    text: str = ""


CRASH: Final = Fault(FaultKind.CRASH)
HANG: Final = Fault(FaultKind.HANG)
UNREACHABLE: Final = Fault(FaultKind.UNREACHABLE)
DISK_FULL: Final = Fault(FaultKind.DISK_FULL)


def slow(seconds: float) -> Fault:
    """A call that takes so many seconds longer."""
    return Fault(FaultKind.SLOW, seconds=seconds)


def garbage(text: str = "<html>garbage</html>") -> Fault:
    """A call that is answered with something else."""
    return Fault(FaultKind.GARBAGE, text=text)


When = Callable[[str, Call], bool]
"""Which calls something goes wrong with: by host and call."""


@define
class _Plan:
    fault: Fault
    when: When
    first: int
    times: int


@define(eq=False)
class Journal:
    """Every round trip to any host of a fleet, in order, and what is to go wrong with some.

    Attributes:
        calls: (host, call) of each, those that failed, too.
    """

    calls: list[tuple[str, Call]] = field(factory=list, init=False)
    _plans: list[_Plan] = field(factory=list, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def plan(self, fault: Fault, *, at: int = 1, when: When | None = None, times: int = 1) -> None:
        """Have something go wrong with calls to come.

        Args:
            fault: what.
            at: with which of the calls to come it begins, counted from 1 among those that ``when`` is for.
            when: which calls count; all when None.
            times: with how many calls it happens.
        """
        with self._lock:
            self._plans.append(_Plan(fault, when or (lambda host, call: True), at, times))

    def forget_plans(self) -> None:
        """Have nothing more go wrong."""
        with self._lock:
            self._plans.clear()

    def enter(self, host: str, call: Call) -> Fault | None:
        """Write a call down, and tell what goes wrong with it."""
        with self._lock:
            self.calls.append((host, call))
            found: Fault | None = None
            for plan in [plan for plan in self._plans if plan.when(host, call)]:
                plan.first -= 1
                if plan.first <= 0:
                    found = found or plan.fault
                    plan.times -= 1
            self._plans = [plan for plan in self._plans if plan.times > 0]
            return found
