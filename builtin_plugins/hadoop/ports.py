"""The TCP ports that processes listen on, as configured."""

import re
from typing import Final

from serai.builtin_plugins.hadoop import processes
from serai.builtin_plugins.hadoop.configs import property_configs
from serai.builtin_plugins.hadoop.listening import ANY_PORT, LISTENING
from serai.builtin_plugins.hadoop.settings import (
    ZOOKEEPER_ADMIN_PORT,
    ZOOKEEPER_ELECTION_PORT,
    ZOOKEEPER_PEER_PORT,
    ZOOKEEPER_PORT,
)
from serai.builtin_plugins.hadoop.values import property_text
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup

_ZOOKEEPER: Final = (ZOOKEEPER_PORT, ZOOKEEPER_PEER_PORT, ZOOKEEPER_ELECTION_PORT, ZOOKEEPER_ADMIN_PORT)
_ADDRESS: Final = re.compile(r"(?:0\.0\.0\.0)?:([0-9]{1,5})")


def port(holder: Cluster | NodeGroup, name: str) -> int:
    """The port of one of :data:`LISTENING` in a cluster that passed validation; 0 for any.

    Args:
        holder: a cluster, or a node group where groups may differ.
        name: of the property.
    """
    given = property_text(holder, name)
    found = None if given is None else parsed_port(name, given)
    return LISTENING[name].port if found is None else found


def parsed_port(name: str, text: str) -> int | None:
    """The port that a value of one of :data:`LISTENING` tells; None for what is none, or an address with a host."""
    match = _ADDRESS.fullmatch(text) if LISTENING[name].is_address else re.fullmatch(r"([0-9]{1,5})", text)
    if match is None:
        return None
    number = int(match.group(1))
    least = 0 if name in ANY_PORT else 1
    return number if least <= number <= 65535 else None


def claims(node_group: NodeGroup) -> list[tuple[Config, int]]:
    """What each instance of a group listens on, as far as it is known before: ports that are any are not among it.

    Args:
        node_group: the group; the engine may have found faults of its own in its values.
    """
    running, cluster = node_group.node_processes, node_group.cluster
    listed = property_configs(cluster.hadoop_version)
    found = [(listed[name], port(node_group, name)) for name, each in LISTENING.items() if each.process in running]
    if processes.ZOOKEEPER_SERVER in running:
        found += [(config, _sound(cluster, config)) for config in _ZOOKEEPER]
    return [(config, number) for config, number in found if number]


def open_ports(node_group: NodeGroup) -> list[int]:
    """The TCP ports that must be reachable in each instance of a group, as configured."""
    return list(dict.fromkeys(number for _, number in claims(node_group)))


def _sound(cluster: Cluster, config: Config) -> int:
    """The port a config sets; its default where the engine's own rules refuse that."""
    value = cluster.value(config)
    return int(config.default_value if config.problem_with(value) else value)
