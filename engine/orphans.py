"""Orphans: machines that providers have and that the store does not want. Found by looking, removed when asked to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

from serai.engine.access.lender import Lender
from serai.engine.lifecycle.intents import pending_request
from serai.engine.lifecycle.machines import all_machines
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.engine.store.records import OperationRecord
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError, briefly
from serai.hookspec.infrastructure import Machine

if TYPE_CHECKING:
    from serai.engine.store.store import Store

NEVER_OURS: Final = "no cluster of this store ever was its own; it may be another engine's"
CLUSTER_GONE: Final = "its cluster is gone"
NO_INSTANCE: Final = "its cluster has no such instance, and did not ask for it"


@frozen
class Orphan:
    """A machine that nobody wants.

    Attributes:
        provider: who has it.
        machine_id: the provider's identifier.
        name: as it was asked for.
        address: where it is reached; ``""`` when not known.
        cluster_id: the cluster it was made for.
        cluster_name: that cluster's name; ``""`` when this store never had it.
        client_token: the token it was asked for with.
        since: when it was claimed, in UTC; None where the provider claims nothing.
        reason: why it is thought to be one.
    """

    provider: str
    machine_id: str
    name: str
    address: str
    cluster_id: str
    cluster_name: str
    client_token: str
    since: datetime | None
    reason: str


@frozen
class OrphanReport:
    """What was found.

    Attributes:
        orphans: by provider, cluster and name.
        unasked: providers that could not tell, each with the reason.
    """

    orphans: tuple[Orphan, ...]
    unasked: Mapping[str, SeraiError]


@frozen
class Removal:
    """What became of orphans that were to be removed.

    Attributes:
        removed: those that are gone.
        left: those that are not, by provider and machine, each with the reason.
    """

    removed: tuple[Orphan, ...]
    left: Mapping[tuple[str, str], SeraiError]


class Orphans:
    """Finds orphans, and removes them.

    Args:
        store: what is wanted.
        catalog: the providers.
        lender: lends them what their hooks are called with.
    """

    def __init__(self, store: "Store", catalog: Catalog, lender: Lender) -> None:
        self._store = store
        self._catalog = catalog
        self._lender = lender

    def find(self, providers: Iterable[str] = ()) -> OrphanReport:
        """Look for orphans. Machines of clusters with an unfinished operation are none, whatever they are.

        Args:
            providers: whom to ask; all that are installed when empty.
        """
        found: list[Orphan] = []
        unasked: dict[str, SeraiError] = {}
        for name in list(providers) or self._catalog.infrastructure:
            try:
                found += self._of(name)
            except SeraiError as error:
                unasked[name] = error
        found.sort(key=lambda orphan: (orphan.provider, orphan.cluster_name, orphan.cluster_id, orphan.name))
        return OrphanReport(tuple(found), unasked)

    def remove(self, machines: Collection[str] = ()) -> Removal:
        """Remove orphans, after looking once more.

        Args:
            machines: ids or names of orphans; when empty all whose clusters this store once had, and no others.

        Raises:
            NotFound: one is no orphan (code ORPHAN_NOT_FOUND); then nothing was removed.
        """
        report = self.find()
        chosen = _chosen(report, machines)
        left: dict[tuple[str, str], SeraiError] = {}
        for provider, cluster_id in dict.fromkeys((orphan.provider, orphan.cluster_id) for orphan in chosen):
            ids = [each.machine_id for each in chosen if (each.provider, each.cluster_id) == (provider, cluster_id)]
            left |= {(provider, machine): error for machine, error in self._delete(provider, cluster_id, ids).items()}
        return Removal(tuple(each for each in chosen if (each.provider, each.machine_id) not in left), left)

    def _of(self, name: str) -> list[Orphan]:
        provider = self._catalog.provider(name)
        with self._lender.lending() as lend:
            machines = lend(provider).list_machines("")
        claims = self._store.claims(name)
        # Only now: whatever is made for a cluster, the store knows of it before. And operations first: of what ends
        # between the two readings, the cluster tells what it made.
        operations = self._store.operations()
        wanted = _Wanted(self._store.clusters(), operations)
        return [
            _orphan(name, machine, claims.get(machine.machine_id), wanted.name_of(machine.cluster_id), reason)
            for machine in [*machines, *_only_claimed(machines, claims)]
            if (reason := wanted.why_not(machine))
        ]

    def _delete(self, name: str, cluster_id: str, ids: Sequence[str]) -> dict[str, SeraiError]:
        """Delete machines; those that are left, each with the reason."""
        with self._lender.lending() as lend:
            provider = lend(self._catalog.provider(name))
            try:
                provider.delete_machines(cluster_id, ids)
            except SeraiError as error:
                gone = self._gone(provider, cluster_id, ids)
                return {machine_id: error for machine_id in ids if machine_id not in gone}
        return {}

    def _gone(self, provider: Provider, cluster_id: str, ids: Iterable[str]) -> set[str]:
        """The machines that are known to be gone: none where the provider cannot tell."""
        try:
            listed = {machine.machine_id for machine in provider.list_machines(cluster_id)}
        except SeraiError:  # why a machine is left is told already: it could not be deleted
            return set()
        return set(ids) - listed - self._store.claims(provider.name).keys()


class _Wanted:
    """What the store wants of machines.

    Args:
        clusters: those there are.
        operations: all of them, the oldest first; they outlive their clusters.
    """

    def __init__(self, clusters: Iterable[Cluster], operations: Iterable[OperationRecord]) -> None:
        self._clusters = {cluster.id: cluster for cluster in clusters}
        self._last = {record.cluster_id: record for record in operations}

    def name_of(self, cluster_id: str) -> str:
        """The name of a cluster that this store has or had; ``""`` for another."""
        record = self._last.get(cluster_id)
        return "" if record is None else record.cluster_name

    def why_not(self, machine: Machine) -> str:
        """Why a machine is not wanted; ``""`` when it is, or may be."""
        cluster, last = self._clusters.get(machine.cluster_id), self._last.get(machine.cluster_id)
        if last is None:
            return "" if cluster is not None else NEVER_OURS
        if not last.status.is_final:
            return ""
        if cluster is None:
            return CLUSTER_GONE
        asked = (pending_request(name, what) for name, what in last.state.get("requests", {}).items())
        tokens = {request.client_token for request in asked if request is not None}
        ids = {instance.instance_id for instance in all_machines(cluster)}
        return "" if machine.machine_id in ids or machine.client_token in tokens else NO_INSTANCE


def _only_claimed(machines: Iterable[Machine], claims: Mapping[str, Claim]) -> list[Machine]:
    """Claims whose machines the provider does not list."""
    listed = {machine.machine_id for machine in machines}
    return [
        Machine(claim.machine_id, claim.machine_id, claim.token, claim.cluster_id)
        for claim in claims.values()
        if claim.machine_id not in listed
    ]


def _orphan(provider: str, machine: Machine, claim: Claim | None, cluster_name: str, reason: str) -> Orphan:
    return Orphan(
        provider=provider,
        machine_id=machine.machine_id,
        name=machine.name,
        address=machine.management_ip or machine.internal_ip,
        cluster_id=machine.cluster_id,
        cluster_name=cluster_name or (claim.cluster_name if claim else ""),
        client_token=machine.client_token,
        since=claim.since if claim else None,
        reason=reason,
    )


def _chosen(report: OrphanReport, machines: Collection[str]) -> list[Orphan]:
    """The orphans of these ids or names; without any, those that were this store's own."""
    if not machines:
        return [orphan for orphan in report.orphans if orphan.reason != NEVER_OURS]
    known = {label for orphan in report.orphans for label in (orphan.machine_id, orphan.name)}
    if unknown := [machine for machine in machines if machine not in known]:
        raise NotFound(
            f"no orphan: {', '.join(unknown)}",
            code="ORPHAN_NOT_FOUND",
            hint="see which there are: serai orphans",
            details={name: briefly(error) for name, error in report.unasked.items()},
        )
    return [orphan for orphan in report.orphans if orphan.machine_id in machines or orphan.name in machines]
