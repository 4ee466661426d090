"""A provider's claims in the engine's store: the one implementation of ``Claims``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from serai.engine.operations.events import Clock
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster

if TYPE_CHECKING:
    from serai.engine.store.store import Store


class StoredClaims:
    """The claims of one provider.

    Args:
        store: where they are.
        provider: the provider's name.
        clock: tells the time.
    """

    def __init__(self, store: "Store", provider: str, clock: Clock) -> None:
        self._store = store
        self._provider = provider
        self._clock = clock

    def all(self) -> Mapping[str, Claim]:
        return self._store.claims(self._provider)

    def take(self, machine_id: str, token: str, cluster: Cluster, info: Mapping[str, Any]) -> Claim:
        claim = Claim(machine_id, cluster.id, cluster.name, token, self._clock(), dict(info))
        return self._store.take_claim(self._provider, claim)

    def release(self, machine_id: str) -> None:
        self._store.release_claim(self._provider, machine_id)
