"""The lease of an operation, as the engine that acts for it has it."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from serai.engine.store.clocks import since_boot
from serai.hookspec.errors import LeaseLost

if TYPE_CHECKING:
    from serai.engine.store.records import Lease
    from serai.engine.store.store import Store


class HeldLease:
    """The right to act for one operation, while it lasts. Safe to use from many threads.

    The engine's heart renews it. When that did not happen in time, because this process or its machine was paused, or
    because the store is away, the lease is in doubt: :meth:`check` then asks the store before anything is done, and
    waits for it if it must. So an owner that was paused and has lost its lease meanwhile touches nothing any more.

    The time a lease has is counted here from before the store was asked for it, by the clock of this machine that goes
    on while it sleeps, and there from when the store gave it: here it never ends later. Clocks need to go at the same
    speed for that, and need not agree.

    Args:
        lease: as the store gave it.
        store: the store.
        seconds: how long it lasts unless it is renewed.
        outage: seconds to wait for a store that is away.
        asked_at: when the store was asked for it.
        now: reads this machine's clock.

    Attributes:
        store: the store, to write to for the operation.
        cancelled: set when the operation is to stop, whatever for.
        lost: why it is not held any more.
    """

    def __init__(
        self,
        lease: "Lease",
        store: "Store",
        *,
        seconds: float,
        outage: float,
        asked_at: float,
        now: Callable[[], float] = since_boot,
    ) -> None:
        from serai.engine.store.held import HeldStore  # with SQLAlchemy, which came with the store

        self.lease: Final = lease
        self.store: Final = HeldStore(store, lease, outage=outage, on_lost=self._lose)
        self.cancelled: Final = threading.Event()
        self.lost: LeaseLost | None = None
        self._seconds = seconds
        self._now = now
        self._asked_at = asked_at

    def check(self) -> None:
        """Come here before anything is done for the operation.

        Raises:
            LeaseLost: it is another's by now.
            SeraiError: that cannot be found out, since the store is away (code STORE_UNAVAILABLE).
        """
        if self.lost is not None:
            raise self.lost
        if self._now() >= self._asked_at + self._seconds:
            self.confirm()

    def confirm(self, patience: float | None = None) -> None:
        """Renew it, and learn whether it is held still.

        Args:
            patience: seconds to wait for a store that is away; as long as for all else when None.

        Raises:
            LeaseLost: it is another's by now.
        """
        asked_at = self._now()
        self.store.renew(self._seconds, patience=patience)
        self.renewed(asked_at)

    def renewed(self, asked_at: float) -> None:
        """Take note that it was renewed."""
        self._asked_at = max(self._asked_at, asked_at)

    def _lose(self, why: LeaseLost) -> None:
        self.lost = self.lost or why
        self.cancelled.set()
