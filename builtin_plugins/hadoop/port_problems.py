"""Addresses that are none, and processes of one instance that would listen on the same port."""

from collections.abc import Iterator

from serai.builtin_plugins.hadoop.configs import property_configs
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.ports import claims, parsed_port
from serai.builtin_plugins.hadoop.quantities import given
from serai.builtin_plugins.leader_workers.port_conflicts import one_port, port_conflicts
from serai.hookspec.objects import Cluster, Config, NodeGroup, ValidationError
from serai.hookspec.places import config_path


def port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """What is wrong with where processes are to listen.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    listed = property_configs(cluster.hadoop_version)
    addresses = [listed[name] for name, each in LISTENING.items() if each.is_address]
    holders: tuple[Cluster | NodeGroup, ...] = (cluster, *cluster.node_groups)
    for holder in holders:
        for config in addresses:
            yield from _address_problems(holder, config)
    for group in cluster.node_groups:
        yield from port_conflicts(group, [one_port(config, number) for config, number in claims(group)])


def _address_problems(holder: Cluster | NodeGroup, config: Config) -> Iterator[ValidationError]:
    """What is given at this place; what is given for the whole cluster is no group's fault."""
    own = holder.node_configs if isinstance(holder, NodeGroup) else holder.cluster_configs
    value = given(holder, config) if config.name in own.get(config.applicable_target, {}) else None
    if value is not None and parsed_port(config.name, value) is None:
        yield ValidationError(
            config=config,
            error_message=f"{config.name!r} must be 0.0.0.0:PORT (got {value!r})",
            path=config_path(holder, config),
            code="INVALID_ADDRESS",
            hint="choose a port alone: every process binds to its own instance's address",
        )
