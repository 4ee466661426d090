"""Hosts: the machines of providers that have a finite stock of them; as ``engine.hosts``."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

from serai.engine.access.lender import Lender
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.hookspec.errors import Unsupported, WrongStatus
from serai.hookspec.infrastructure import Host

if TYPE_CHECKING:
    from serai.engine.store.store import Store


class Hosts:
    """The hosts that an engine can make clusters of."""

    def __init__(self, store: "Store", catalog: Catalog, lender: Lender) -> None:
        self._store = store
        self._catalog = catalog
        self._lender = lender

    def list(self, infrastructure: Mapping[str, Any]) -> list[Host]:
        """All hosts of a stock, claimed or free, by name; those that do not answer say why. Changes nothing.

        Args:
            infrastructure: provider and options, as a cluster's document has them:
                ``{"provider": "ssh", "inventory": "/home/me/hosts.yaml"}``.

        Raises:
            PluginNotFound: there is no such provider.
            Unsupported: it has no stock (code NO_STOCK).
        """
        provider = self._provider(infrastructure, "list_hosts")
        with self._lender.lending() as lend:
            hosts = lend(provider).list_hosts(dict(infrastructure))
        clusters = {cluster.id for cluster in self._store.clusters()}
        return [_with_owner_gone(host) if _is_left(host, clusters) else host for host in hosts]

    def clean(self, infrastructure: Mapping[str, Any], name: str) -> None:
        """Make a host free again that no cluster has: what was left there ends, and so does a claim left in the store.

        Args:
            infrastructure: provider and options, as for :meth:`list`.
            name: the host's.

        Raises:
            NotFound: there is no such host.
            WrongStatus: a cluster of this store has it (code HOST_IN_USE).
            Unsupported: the provider has no stock (code NO_STOCK).
            SeraiError: something is left, saying what.
        """
        provider = self._provider(infrastructure, "clean_host")
        claim = self._store.claims(provider.name).get(name)
        if claim is not None and claim.cluster_id in {cluster.id for cluster in self._store.clusters()}:
            raise WrongStatus(
                f"cluster {claim.cluster_name} has {name}",
                code="HOST_IN_USE",
                place=name,
                hint=f"end the cluster, and the host is free: serai down {claim.cluster_name}",
            )
        with self._lender.lending() as lend:
            lend(provider).clean_host(dict(infrastructure), name)
        if claim is not None:  # until now it kept others from the host; one that came meanwhile keeps its own
            self._store.release_claim(provider.name, name, token=claim.token)

    def _provider(self, infrastructure: Mapping[str, Any], hook: str) -> Provider:
        provider = self._catalog.provider(str(infrastructure.get("provider", "")))
        if not provider.implements(hook):
            raise Unsupported(
                f"provider {provider.name!r} has no stock of hosts",
                code="NO_STOCK",
                hint="its machines are made when they are asked for",
            )
        return provider


def _is_left(host: Host, clusters: Collection[str]) -> bool:
    """Whether the cluster that claims a host is no more."""
    return host.claim is not None and host.claim.cluster_id not in clusters


def _with_owner_gone(host: Host) -> Host:
    gone = f"its cluster is gone; free it: serai hosts clean {host.name}"
    return evolve(host, note=f"{host.note}; {gone}" if host.note else gone)
