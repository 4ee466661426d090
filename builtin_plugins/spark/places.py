"""Where in a cluster document a fault is."""

from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup


def group_place(node_group: NodeGroup) -> str:
    """The path of a node group."""
    groups = node_group.cluster.node_groups
    index = next(index for index, each in enumerate(groups) if each is node_group)
    return f"node_groups[{index}]"


def config_place(holder: Cluster | NodeGroup, config: Config) -> str:
    """The path of the value that is in force: where the user gave it, else of what it would be given for."""
    target, name = config.key
    if isinstance(holder, NodeGroup):
        if name in holder.node_configs.get(target, {}):
            return f'{group_place(holder)}.node_configs["{target}"]["{name}"]'
        if name not in holder.cluster.cluster_configs.get(target, {}):
            return group_place(holder)
    return f'cluster_configs["{target}"]["{name}"]'
