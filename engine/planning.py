"""What creating a cluster would do, told from the same values that creating it uses. Pure: touches nothing."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from attrs import frozen

from serai.engine.naming import instance_names
from serai.engine.plugins.stack import Stack
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import SERVICE_PREFIX, Config, Recommendation
from serai.hookspec.secrets import MASK

if TYPE_CHECKING:
    from serai.engine.operations.work import Lifecycle


Reasons = Mapping[tuple[str | None, str, str], str]
"""Why values are recommended, by node group (None for the cluster), target and name."""


class ValueOrigin(StrEnum):
    """Where an effective value comes from, strongest first."""

    NODE = "node"
    CLUSTER = "cluster"
    RECOMMENDED = "recommended"
    DEFAULT = "default"


@frozen
class PlannedValue:
    """The effective value of a config for a node group.

    Attributes:
        target: the config's ``applicable_target``.
        name: the config's name.
        value: the value; masked when it is secret.
        origin: where it comes from.
        reason: why it is recommended, where it is.
        priority: the config's: 1 for those that people look at first.
    """

    target: str
    name: str
    value: Any
    origin: ValueOrigin
    reason: str = ""
    priority: int = 2


@frozen
class PlannedNodeGroup:
    """A node group as it would be.

    Attributes:
        name: its name.
        count: how many instances.
        node_processes: what runs on each.
        configuration: effective values of the configs that concern it.
        open_ports: TCP ports that must be reachable from outside.
        root_commands: what plugins do as root there.
    """

    name: str
    count: int
    node_processes: tuple[str, ...]
    configuration: tuple[PlannedValue, ...]
    open_ports: tuple[int, ...]
    root_commands: tuple[str, ...]


@frozen
class PlannedInstance:
    """A machine that would be made."""

    name: str
    node_group: str
    node_processes: tuple[str, ...]


@frozen
class PlannedProcess:
    """A process that would be started, on all instances of some node groups."""

    name: str
    service: str
    node_groups: tuple[str, ...]
    count: int


@frozen
class PlannedPhase:
    """A phase of the operation, and the cluster's status during it."""

    name: str
    status: str


@frozen
class Plan:
    """What creating a cluster would do.

    Attributes:
        name, plugin_name, hadoop_version, auxiliary_plugins: the cluster's.
        provider: where its machines would come from.
        image_tags: what an image must be tagged with, for providers that choose images.
        node_groups: the node groups with their effective configuration.
        instances: the machines, in the order they are made.
        processes: what is started, in order.
        recommendations: everything that plugins recommend, in force or outranked by what the user gave.
        phases: what happens, in order.
    """

    name: str
    plugin_name: str
    hadoop_version: str
    auxiliary_plugins: tuple[str, ...]
    provider: str
    image_tags: tuple[str, ...]
    node_groups: tuple[PlannedNodeGroup, ...]
    instances: tuple[PlannedInstance, ...]
    processes: tuple[PlannedProcess, ...]
    recommendations: tuple[Recommendation, ...]
    phases: tuple[PlannedPhase, ...]

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-compatible data."""
        from serai.engine.serialization import make_converter

        data: dict[str, Any] = make_converter().unstructure(self)
        return data


def plan(cluster: Cluster, stack: Stack, lifecycle: "Lifecycle") -> Plan:
    """Tell what creating a cluster would do.

    Args:
        cluster: a valid cluster, as of :func:`serai.engine.validation.validated_cluster`.
        stack: its plugins.
        lifecycle: the operation that would create it.
    """
    services = stack.get_node_processes()
    configs = stack.get_configs()
    reasons = reasons_of(cluster)
    return Plan(
        name=cluster.name,
        plugin_name=cluster.plugin_name,
        hadoop_version=cluster.hadoop_version,
        auxiliary_plugins=tuple(cluster.auxiliary_plugins),
        provider=str(cluster.infrastructure.get("provider", "")),
        image_tags=tuple(stack.get_required_image_tags()),
        node_groups=tuple(
            PlannedNodeGroup(
                name=group.name,
                count=group.count,
                node_processes=tuple(group.node_processes),
                configuration=tuple(effective_values(group, _concerning(group, configs, services), reasons)),
                open_ports=tuple(stack.get_open_ports(group)),
                root_commands=tuple(stack.get_root_commands(group)),
            )
            for group in cluster.node_groups
        ),
        instances=tuple(_instances(cluster)),
        processes=tuple(_processes(cluster, services)),
        recommendations=cluster.recommendations,
        phases=tuple(PlannedPhase(phase.name, phase.status.value) for phase in lifecycle.phases),
    )


def effective_values(group: NodeGroup, configs: Iterable[Config], reasons: Reasons) -> Iterator[PlannedValue]:
    """The value of each config for a node group, with its origin; configs that have none are left out.

    Args:
        group: a node group of a cluster.
        configs: the configs asked about.
        reasons: why values are recommended.
    """
    for config in configs:
        value = group.value(config)
        if value is not None:
            origin, reason = value_origin(group, config, reasons)
            yield PlannedValue(*config.key, MASK if config.is_secret else value, origin, reason, config.priority)


def value_origin(holder: Cluster | NodeGroup, config: Config, reasons: Reasons) -> tuple[ValueOrigin, str]:
    """Where the value of a config comes from, and why where it is recommended.

    Args:
        holder: whose value it is.
        config: what it is for.
        reasons: why values are recommended.
    """
    cluster, scopes = (holder, (None,)) if isinstance(holder, Cluster) else (holder.cluster, (holder.name, None))
    if isinstance(holder, NodeGroup) and _has(holder.node_configs, config):
        return ValueOrigin.NODE, ""
    if _has(cluster.cluster_configs, config):
        return ValueOrigin.CLUSTER, ""
    for scope in scopes if holder.use_autoconfig else ():
        if _has(cluster.recommended_values(scope), config):
            return ValueOrigin.RECOMMENDED, reasons.get((scope, *config.key), "")
    return ValueOrigin.DEFAULT, ""


def reasons_of(cluster: Cluster) -> Reasons:
    """Why values are recommended on a cluster."""
    return {(item.node_group, item.target, item.name): item.reason for item in cluster.recommendations}


def _has(values: Mapping[str, Mapping[str, Any]], config: Config) -> bool:
    return config.name in values.get(config.applicable_target, {})


def _concerning(group: NodeGroup, configs: list[Config], services: Mapping[str, list[str]]) -> Iterator[Config]:
    """The configs that matter to a node group: those of no service, of services it runs, and those set for it."""
    idle = {
        f"{SERVICE_PREFIX}{service}"
        for service, processes in services.items()
        if processes and {*processes}.isdisjoint(group.node_processes)
    }
    return (each for each in configs if each.applicable_target not in idle or _has(group.node_configs, each))


def _instances(cluster: Cluster) -> Iterator[PlannedInstance]:
    for group in cluster.node_groups:
        processes = tuple(group.node_processes)
        for name in instance_names(cluster.name, group.name, (), group.count):
            yield PlannedInstance(name, group.name, processes)


def _processes(cluster: Cluster, services: Mapping[str, list[str]]) -> Iterator[PlannedProcess]:
    groups_of: dict[str, list[NodeGroup]] = {}
    for group in cluster.node_groups:
        for process in group.node_processes:
            groups_of.setdefault(process, []).append(group)
    for service, processes in services.items():
        for process in processes:
            if groups := [group for group in groups_of.get(process, ()) if group.count]:
                names, count = tuple(group.name for group in groups), sum(group.count for group in groups)
                yield PlannedProcess(process, service, names, count)
