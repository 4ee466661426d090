"""Where in a cluster document a fault is, as :attr:`~serai.hookspec.configs.ValidationError.path` says it."""

import json
import re
from typing import Final

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def group_path(node_group: NodeGroup) -> str:
    """The place of a node group: ``node_groups[1]``.

    Args:
        node_group: one of its cluster's; told from others by identity, as two may look alike.

    Raises:
        SeraiError: the group belongs to no cluster.
    """
    groups = node_group.cluster.node_groups
    return f"node_groups[{next(index for index, each in enumerate(groups) if each is node_group)}]"


def config_path(holder: Cluster | NodeGroup, config: Config) -> str:
    """The place of the value that is in force.

    Args:
        holder: whose value it is.
        config: what the value is for.

    Returns:
        For a node group ``node_groups[1].node_configs["service:Spark"]["Worker memory"]`` where the user gave it there,
        ``cluster_configs["service:Spark"]["Worker memory"]`` where for the whole cluster, and where nowhere the node
        group's own place. For a cluster always the one in ``cluster_configs``: there the user can set it.

    Raises:
        SeraiError: the group belongs to no cluster.
    """
    target, name = config.key
    if isinstance(holder, NodeGroup):
        if name in holder.node_configs.get(target, {}):
            return values_path(holder, target, name)
        if name not in holder.cluster.cluster_configs.get(target, {}):
            return group_path(holder)
        holder = holder.cluster
    return values_path(holder, target, name)


def values_path(holder: Cluster | NodeGroup, *keys: str) -> str:
    """The place where values are given, whether any are there or not: ``cluster_configs["service:Spark"]``.

    Args:
        holder: whose values.
        keys: a target and a name, or less.

    Raises:
        SeraiError: the group belongs to no cluster.
    """
    values = f"{group_path(holder)}.node_configs" if isinstance(holder, NodeGroup) else "cluster_configs"
    return "".join((values, *map(_step, keys)))


def _step(key: str) -> str:
    """One key of a path; what is no plain word is quoted as in JSON."""
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"
