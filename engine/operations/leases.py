"""The leases of one engine, and the heart that renews them."""

import threading
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Final

from serai.engine.log_context import get_logger
from serai.engine.operations.lease import HeldLease
from serai.engine.operations.owner import is_gone, new_engine
from serai.engine.store.clocks import since_boot
from serai.engine.store.records import Lease, OperationRecord
from serai.hookspec.errors import LeaseLost, SeraiError

if TYPE_CHECKING:
    from serai.engine.store.leases import IsGone
    from serai.engine.store.store import Store
    from serai.hookspec.cluster import Cluster

log: Final = get_logger("serai.operations")

BEATS: Final = 3
"""How many times a lease is renewed before it would run out: one renewal may fail."""

LOOK_SECONDS: Final = 1.0
"""How long between two looks at what is to stop, at most: somebody waits for it."""


class Leases:
    """What one engine holds. Safe to use from many threads.

    One thread, the heart, renews all leases together, however many there are. It begins with the first one, or with the
    first other duty. Those are done in another thread: they may wait for plugins, and leases do not.

    Args:
        store: where leases are.
        seconds: how long a lease lasts unless it is renewed.
        outage: seconds that an operation waits for a store that is away.
    """

    def __init__(self, store: "Store", *, seconds: float, outage: float) -> None:
        self.engine: Final = new_engine()
        self._store = store
        self._seconds = seconds
        self._outage = outage
        self._duties: list[Callable[[], object]] = []
        self._calm_at = 0.0
        self._held: dict[Lease, HeldLease] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._heart: threading.Thread | None = None
        self._round: threading.Thread | None = None

    def with_each_beat(self, duty: Callable[[], object]) -> None:
        """Have something done with each beat of the heart, from now on; not while the last one is still at it.

        Nor when the store was away a moment ago: leases of engines that live may have run out then, and they renew them
        first.
        """
        self._duties.append(duty)
        self._start_heart()

    def begin(
        self, record: OperationRecord, cluster: "Cluster | None" = None, *, after: str | None = None
    ) -> HeldLease:
        """Store a new operation, and hold it.

        Args:
            record: the operation; this engine becomes its owner.
            cluster: a new cluster, to be stored with it.
            after: the id of the operation it must follow, if there is one.

        Raises:
            ClusterBusy: another operation is at work on the cluster.
            WrongStatus: another one came after the one it was to follow (code CLUSTER_CHANGED).
            SeraiError: the new cluster's name is taken (code NAME_ALREADY_EXISTS).
        """
        record.owner = self.engine
        asked_at = since_boot()
        return self._hold(self._store.begin_operation(record, cluster, after=after, seconds=self._seconds), asked_at)

    def take(self, operation_id: str, gone: "IsGone" = is_gone) -> tuple[OperationRecord, HeldLease]:
        """Take an operation up that has not ended and that nobody acts for.

        Args:
            operation_id: which.
            gone: tells of the engine that has it whether it is known to act no more.

        Raises:
            ClusterBusy: an engine acts for it.
            WrongStatus: it has ended.
        """
        asked_at = since_boot()
        record, lease = self._store.take_operation(operation_id, self.engine, is_gone=gone, seconds=self._seconds)
        return record, self._hold(lease, asked_at)

    def free(self) -> list[str]:
        """The operations that have not ended and that nobody acts for, the oldest first.

        What this engine acts for is not among them, whether its lease ran out or not.
        """
        with self._lock:
            own = {lease.operation_id for lease in self._held}
        return [operation_id for operation_id in self._store.free_operations(is_gone) if operation_id not in own]

    def forget(self, held: HeldLease) -> None:
        """Renew a lease no more: its operation has ended, or this engine does nothing for it any more."""
        with self._lock:
            self._held.pop(held.lease, None)

    def heed(self, *held: HeldLease) -> None:
        """Cancel those that were asked to stop, by whomever and whenever."""
        ids = [each.lease.operation_id for each in held if not each.cancelled.is_set()]
        asked = self._store.asked_to_stop(ids) if ids else set()
        for each in held:
            if each.lease.operation_id in asked:
                each.cancelled.set()

    def let_go(self, held: HeldLease) -> None:
        """Give up an operation that has not ended, for any engine to take up."""
        self.forget(held)
        try:
            held.store.let_go()
        except SeraiError as error:  # it is another's already, or the store is away and the lease will run out
            log.debug("operation %s could not be let go: %s", held.lease.operation_id, error)

    def close(self) -> None:
        """Let the heart stop, and wait for what it has begun; not for ever."""
        self._closed.set()
        self._await(self._heart)
        self._await(self._round)

    def _await(self, thread: threading.Thread | None) -> None:
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._seconds)

    def _hold(self, lease: Lease, asked_at: float) -> HeldLease:
        held = HeldLease(lease, self._store, seconds=self._seconds, outage=self._outage, asked_at=asked_at)
        with self._lock:
            self._held[lease] = held
        self._start_heart()
        return held

    def _start_heart(self) -> None:
        with self._lock:
            if self._heart is None and not self._closed.is_set():
                self._heart = threading.Thread(target=self._live, name="serai-heart", daemon=True)
                self._heart.start()

    def _live(self) -> None:
        while not self._closed.is_set():
            self._beat()
            self._rest(self._seconds / BEATS)

    def _rest(self, seconds: float) -> None:
        """Wait for the next beat, or the end; look meanwhile whether something is to stop."""
        looks = ceil(seconds / LOOK_SECONDS)
        for _ in range(looks):
            if self._closed.wait(seconds / looks):
                return
            self._look()

    def _look(self) -> None:
        with self._lock:
            held = list(self._held.values())
        try:
            self.heed(*held)
        except SeraiError as error:
            log.debug("not known what is to stop: %s", error)  # the store is away: there will be another look
        except Exception:  # whatever it is, leases must be renewed
            log.exception("a look at what is to stop failed")

    def _beat(self) -> None:
        self._guarded(self._renew)
        if since_boot() >= self._calm_at and self._duties and (self._round is None or not self._round.is_alive()):
            self._round = threading.Thread(target=self._do_duties, name="serai-duties", daemon=True)
            self._round.start()

    def _do_duties(self) -> None:
        for duty in self._duties:
            self._guarded(duty)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except SeraiError as error:
            self._calm_at = since_boot() + self._seconds
            log.debug("a heartbeat failed: %s", error)  # the next one comes; what is in doubt is checked before use
        except Exception:  # whatever it is, leases must be renewed
            log.exception("a heartbeat failed")

    def _renew(self) -> None:
        with self._lock:
            held = dict(self._held)
        if not held:
            return
        asked_at = since_boot()
        kept = self._store.renew_leases(list(held), seconds=self._seconds)
        for lease, mine in held.items():
            if lease in kept:
                mine.renewed(asked_at)
            else:
                self._learn(mine)

    def _learn(self, held: HeldLease) -> None:
        """Find out why a lease was not renewed: it was taken, or its operation has just ended."""
        try:
            held.confirm(patience=0)
        except LeaseLost as lost:
            self.forget(held)
            log.info("%s", lost)
