"""Asking plugins for recommended values."""

from typing import Protocol

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, Recommendation
from serai.hookspec.facts import Facts


class Recommending(Protocol):
    """The part of a stack that is asked."""

    def get_configs(self) -> list[Config]: ...

    def recommend_configs(self, cluster: Cluster, scaling: bool) -> list[Recommendation]: ...


class Foretelling(Protocol):
    """The part of a provider that is asked."""

    def get_machine_facts(self, cluster: Cluster, node_group: NodeGroup) -> Facts | None: ...


def foretell(cluster: Cluster, provider: Foretelling) -> None:
    """Give node groups the facts that a provider can tell before machines exist."""
    for node_group in cluster.node_groups:
        node_group.facts = provider.get_machine_facts(cluster, node_group)


def recommend(cluster: Cluster, stack: Recommending, provider: Foretelling | None, *, scaling: bool) -> None:
    """Put the plugins' recommendations on a cluster, in place of earlier ones.

    Args:
        cluster: the cluster; its node groups get the facts the provider can foretell.
        stack: its plugins.
        provider: where its machines come from, if known.
        scaling: whether the cluster exists and is being scaled.
    """
    cluster.bind_configs(stack.get_configs())
    cluster.recommendations = ()
    if provider is not None:
        foretell(cluster, provider)
    if cluster.use_autoconfig:
        cluster.recommendations = tuple(stack.recommend_configs(cluster, scaling))
