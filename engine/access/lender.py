"""Who lends providers what their hooks are called with: for an operation, or for a look."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from serai.engine.access.claims import StoredClaims
from serai.engine.access.lent import LentAccess
from serai.engine.access.opening import Opening
from serai.engine.operations.events import Clock
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Lend, Provider
from serai.engine.plugins.stack import Stack
from serai.hookspec.cluster import Cluster

if TYPE_CHECKING:
    from serai.engine.operations.lease import HeldLease
    from serai.engine.operations.lent import LentRun
    from serai.engine.remote.pool import Pool
    from serai.engine.store.store import Store


class Lender:
    """Lends access to machines.

    Args:
        store: where claims are.
        catalog: where plugins come from.
        pools: makes a pool of connections.
        clock: tells the time.
    """

    def __init__(self, store: "Store", catalog: Catalog, pools: "Callable[[], Pool]", clock: Clock) -> None:
        self._store = store
        self._catalog = catalog
        self._pools = pools
        self._clock = clock

    @contextmanager
    def lending(self) -> Iterator[Lend]:
        """Lend while the context lasts, outside of operations: over connections that are closed with it."""
        with Opening(self._pools) as opening:
            yield lambda provider: self._lent(provider, opening.pool, self._store, None, threading.Event())

    def lend(self, provider: Provider, pool: "Pool", run: "LentRun", held: "HeldLease") -> Provider:
        """Lend for an operation.

        Args:
            provider: to whom.
            pool: the operation's connections.
            run: what is told of what happens.
            held: the operation's lease: claims are taken and released as long as it lasts.
        """
        return self._lent(provider, lambda: pool, held.store, run, held.cancelled)

    def _lent(
        self,
        provider: Provider,
        pool: "Callable[[], Pool]",
        store: "Store",
        run: "LentRun | None",
        cancelled: threading.Event,
    ) -> Provider:
        claims = StoredClaims(store, provider.name, self._clock)
        return provider.using(LentAccess(claims, pool, self._stack_of, run, cancelled))

    def _stack_of(self, cluster: Cluster) -> Stack:
        return self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
