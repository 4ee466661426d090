"""Lending connections to a cluster's instances."""

from typing import TYPE_CHECKING, Never, cast

from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from serai.engine.remote.pool import Pool
    from serai.hookspec.remote import Remote


class Unreachable:
    """Stands where a Remote would; whatever is asked of it, it says why there is none.

    Args:
        error: why.
    """

    def __init__(self, error: SeraiError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Never:
        raise self._error


def lend(
    cluster: Cluster,
    provider: Provider,
    pool: "Pool",
    *,
    stack: Stack | None,
    spared: type[SeraiError] | tuple[()] = (),
) -> list[SeraiError]:
    """Lend a connection of the pool to every instance of a cluster that has none.

    Args:
        cluster: whose instances.
        provider: where its machines come from.
        pool: holds the connections.
        stack: its plugins, which tell where they run commands as root; None when they are not there.
        spared: errors that do not stop it: the instance says so itself when it is asked for something.

    Returns:
        Those that were spared.
    """
    errors: list[SeraiError] = []
    for node_group in cluster.node_groups:
        root: bool | None = None  # asked of the plugins once a group
        for instance in node_group.instances:
            if instance.is_connected:
                continue
            try:
                if root is None:
                    root = bool(stack and stack.get_root_commands(node_group))
                pool.bind(instance, provider.get_endpoint(cluster, instance), root=root)
            except spared as error:
                errors.append(error)
                instance.bind(cast("Remote", Unreachable(error)))
    return errors
