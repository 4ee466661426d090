"""A host in memory: what it holds, what was asked of it, and what is wrong with it."""

import threading

from attrs import define, evolve, field, frozen

from serai.hookspec.errors import DeadlineExceeded, Unreachable
from serai.hookspec.facts import Facts
from serai.hookspec.testing.fleet.clocks import Clock, RealClock
from serai.hookspec.testing.fleet.faults import Call, Crash, Fault, FaultKind, Journal
from serai.hookspec.testing.fleet.processes import Processes


@frozen
class StoredFile:
    """A file on a host.

    Attributes:
        content: what it holds.
        mode: permission bits.
        owner: whose it is.
    """

    content: bytes = field(repr=False)
    mode: int
    owner: str


@define(eq=False)
class FleetHost:
    """A machine that exists in memory alone. Safe to be used by many threads.

    What is wrong with it may be set, and mended, at any time.

    Attributes:
        name: its name, which is that of its instance.
        address: its address.
        facts: what it is like.
        latency: seconds that each round trip takes, spent in the thread that asks.
        connect_timeout: seconds after which a connection that is not answered is given up.
        clock: whose time passes.
        journal: where its fleet writes every round trip down, with what is to go wrong.
        files: by absolute path.
        processes: its services, and what listens.
        calls: every round trip that was asked for, in order; those that failed, too.
        is_cut_off: nobody reaches it.
        is_full: nothing more can be written.
        garbage: what commands say instead of what they should; ``""`` for what they should.
    """

    name: str
    address: str
    facts: Facts
    latency: float = 0.0
    connect_timeout: float = 10.0
    clock: Clock = field(factory=RealClock, repr=False)
    journal: Journal = field(factory=Journal, repr=False)
    files: dict[str, StoredFile] = field(factory=dict, init=False, repr=False)
    processes: Processes = field(factory=Processes, kw_only=True, repr=False)
    calls: list[Call] = field(factory=list, init=False, repr=False)
    is_cut_off: bool = field(default=False, init=False)
    is_full: bool = field(default=False, init=False)
    garbage: str = field(default="", init=False)
    _awake: threading.Event = field(factory=threading.Event, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._awake.set()

    def freeze(self) -> None:
        """Have it answer nothing, until it is thawed: who asks waits until then, or until their time is up."""
        self._awake.clear()

    def thaw(self) -> None:
        """Have it go on, with what was asked of it meanwhile, too."""
        self._awake.set()

    @property
    def is_frozen(self) -> bool:
        """Whether it answers nothing."""
        return not self._awake.is_set()

    def connect(self) -> None:
        """Make a connection.

        Raises:
            Unreachable: it is cut off, or frozen.
        """
        if self.is_cut_off:
            raise Unreachable("no route to host", host=self.name)
        if not self.clock.wait(self._awake, self.connect_timeout):
            raise Unreachable(f"no answer within {self.connect_timeout:g} s", host=self.name)

    def reach(self, call: Call, limit: float) -> Fault | None:
        """Make a round trip.

        Args:
            call: what for.
            limit: seconds it may take.

        Returns:
            What is wrong with this call's effect or answer, if anything is.

        Raises:
            Unreachable: it is cut off.
            DeadlineExceeded: the limit passed.
            Crash: whoever asked is to be dead.
        """
        self.calls.append(call)
        fault = self.journal.enter(self.name, call)
        kind = None if fault is None else fault.kind
        if kind is FaultKind.CRASH:
            raise Crash(f"{self.name}: {call}")
        if self.is_cut_off or kind is FaultKind.UNREACHABLE:
            raise Unreachable("no route to host", host=self.name)
        takes = limit + 1 if kind is FaultKind.HANG else self.latency + (0.0 if fault is None else fault.seconds)
        self.clock.sleep(min(takes, limit))
        if takes > limit or not self.clock.wait(self._awake, limit - takes):
            raise DeadlineExceeded(f"{call}: not done within {limit:g} s", host=self.name)
        return fault

    def wipe(self) -> None:
        """Remove all it holds; what is wrong with it, and its calls, stay."""
        self.files.clear()
        self.processes.clear()

    def move(self, address: str) -> None:
        """Have it at another address."""
        self.address, self.facts = address, evolve(self.facts, addresses=(address,))
