"""Opening connections to a cluster that is at rest: for health, jobs, and whatever else looks without changing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from serai.engine.operations.lending import lend
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.stack import Stack
from serai.engine.redaction import discreet, holdings
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError

if TYPE_CHECKING:
    from serai.engine.remote.pool import Pool


class Connections:
    """Lends connections to clusters outside of operations.

    Args:
        catalog: where plugins come from.
        pools: makes a pool of connections.
    """

    def __init__(self, catalog: Catalog, pools: "Callable[[], Pool]") -> None:
        self._catalog = catalog
        self._pools = pools

    @contextmanager
    def open(self, cluster: Cluster) -> Iterator[Stack]:
        """Connect a cluster's instances while the context lasts; gives its stack.

        An instance whose machine is gone says so when it is asked for something: the others can still be looked at.
        Errors that leave the context are without the cluster's secrets.

        Raises:
            PluginNotFound: its plugin or its provider is not installed.
        """
        stack = self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
        cluster.bind_configs(stack.get_configs())
        with discreet(holdings(cluster)), self._pools() as pool:
            provider = self._catalog.provider(cluster.infrastructure["provider"])
            lend(cluster, provider, pool, stack=stack, spared=NotFound)
            yield stack

    @contextmanager
    def open_anyway(self, cluster: Cluster) -> Iterator[tuple[Stack | None, dict[str, SeraiError]]]:
        """As :meth:`open`, as far as it goes: for who wants to know what is wrong.

        Gives the stack, or None, and what could not be had: plugins, or the connections of machines.
        """
        lacking: dict[str, SeraiError] = {}
        stack: Stack | None = None
        try:
            stack = self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
            cluster.bind_configs(stack.get_configs())
        except SeraiError as error:
            lacking["plugins"] = error
        with self._pools() as pool:
            try:
                provider = self._catalog.provider(cluster.infrastructure.get("provider", ""))
                lend(cluster, provider, pool, stack=stack, spared=SeraiError)
            except SeraiError as error:
                lacking["connections"] = error
            yield stack, lacking
