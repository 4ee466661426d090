"""The object model a plugin works on: a cluster, its node groups, their instances.

Field names are those of the SPI document. Cluster, NodeGroup and Instance are mutable and refer back to their
parent; those references take no part in comparison or serialisation, and are kept right by
:meth:`NodeGroup.add_instance` and :meth:`Cluster.add_node_group`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import define, field

from serai.hookspec.configs import Config, ConfigValues, Recommendation
from serai.hookspec.errors import SeraiError
from serai.hookspec.precedence import by_node_group, defaults, first_value, merged_values
from serai.hookspec.status import ClusterStatus

if TYPE_CHECKING:
    from serai.hookspec.facts import Facts
    from serai.hookspec.remote import Remote

__all__ = ["Cluster", "ClusterStatus", "Instance", "NodeGroup"]


def _recommendations(items: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    return tuple(items)


def _back_reference() -> Any:
    return field(default=None, init=False, eq=False, repr=False, metadata={"serialise": False})


def _lent(default: Any = None) -> Any:
    """A field the engine fills while it works; no part of the object's value."""
    return field(default=default, eq=False, repr=False, kw_only=True, metadata={"serialise": False})


@define
class Instance:
    """One machine of a cluster.

    Attributes:
        instance_id: unique identifier, given by the provider.
        instance_name: ``<cluster>-<node group>-<index>``.
        internal_ip: address the other instances use.
        management_ip: address the engine uses.
        volumes: mount points of attached volumes; empty if the ephemeral drive is used.
        nova_info: what the provider knows of the machine.
        username: login of remote connections.
        fqdn: fully qualified domain name.
        client_token: the engine's own mark, stored on the machine by the provider.
        fault: why the cluster does without it; ``""`` for an instance that is in use.
    """

    instance_id: str = ""
    instance_name: str = ""
    internal_ip: str = ""
    management_ip: str = ""
    volumes: list[str] = field(factory=list)
    nova_info: dict[str, Any] = field(factory=dict)
    username: str = ""
    fqdn: str = ""
    client_token: str = ""
    fault: str = ""
    _node_group: "NodeGroup | None" = _back_reference()
    _remote: "Remote | None" = _lent()

    @property
    def hostname(self) -> str:
        """Same as ``instance_name``."""
        return self.instance_name

    @property
    def rack(self) -> str:
        """Where the machine stands, as far as its provider tells; ``""`` when not known."""
        rack = self.nova_info.get("rack", "")
        return rack if isinstance(rack, str) else ""

    @property
    def node_group(self) -> "NodeGroup":
        """The node group the instance belongs to.

        Raises:
            SeraiError: the instance was taken out of its group.
        """
        if self._node_group is None:
            raise SeraiError(f"instance {self.instance_name} belongs to no node group", code="DETACHED_INSTANCE")
        return self._node_group

    @property
    def remote(self) -> "Remote":
        """Remote operations on this machine.

        Raises:
            SeraiError: outside an operation no connection is bound.
        """
        if self._remote is None:
            raise SeraiError(
                f"no connection to {self.instance_name} is open",
                code="NOT_CONNECTED",
                place=self.instance_name,
                hint="instance.remote works while an operation or a health check runs",
            )
        return self._remote

    @property
    def is_connected(self) -> bool:
        """Whether :attr:`remote` works now."""
        return self._remote is not None

    def bind(self, remote: "Remote | None") -> None:
        """Lend a connection to the instance, or take it back with None. For the engine and for tests."""
        self._remote = remote

    @property
    def storage_paths(self) -> list[str]:
        """Directories for data on this instance: one a volume, else one below the prefix when connected."""
        if self.volumes:
            return list(self.volumes)
        return [] if self._remote is None else [self._remote.layout.data]


@define
class NodeGroup:
    """Instances of one kind.

    Attributes:
        name: name of this node group in its cluster.
        count: number of instances the user wants; ``instances`` are those that exist.
        node_processes: the processes that run on each instance.
        node_configs: values by target and name, for this group.
        flavor_id: the provider's name for the kind of machine.
        image_id: the image machines are made from.
        volumes_per_node: number of volumes of each instance; 0 means the ephemeral drive.
        volumes_size: size of each volume, in GB.
        volumes_mount_prefix: prefix of each volume's mount point; numbered from 1.
        floating_ip_pool: pool of the addresses given to the instances.
        username: login of remote connections.
        use_autoconfig: whether recommendations apply to this group.
        min_ready: how many instances suffice for the group to be called ready; None means all.
        extra: whatever the plugin wants kept, JSON-compatible.
        instances: the instances that are in use.
        id: unique identifier; ``""`` where nothing needs one.
        quarantined: machines the cluster has and does without, each with its ``fault``.
        facts: what the provider says its machines are like, where it knows before they exist.
    """

    name: str
    count: int = 0
    node_processes: list[str] = field(factory=list)
    node_configs: dict[str, dict[str, Any]] = field(factory=dict, repr=False)
    flavor_id: str | None = None
    image_id: str | None = None
    volumes_per_node: int = 0
    volumes_size: int = 0
    volumes_mount_prefix: str = "/volumes/disk"
    floating_ip_pool: str | None = None
    username: str = ""
    use_autoconfig: bool = True
    min_ready: int | None = None
    extra: dict[str, Any] = field(factory=dict)
    instances: list[Instance] = field(factory=list)
    id: str = ""
    quarantined: list[Instance] = field(factory=list)
    _cluster: "Cluster | None" = _back_reference()
    facts: "Facts | None" = _lent()

    def __attrs_post_init__(self) -> None:
        for instance in (*self.instances, *self.quarantined):
            instance._node_group = self

    @property
    def cluster(self) -> "Cluster":
        """The cluster the group belongs to.

        Raises:
            SeraiError: the group was not added to a cluster.
        """
        if self._cluster is None:
            raise SeraiError(f"node group {self.name} belongs to no cluster", code="DETACHED_NODE_GROUP")
        return self._cluster

    def add_instance(self, instance: Instance) -> Instance:
        """Append an instance and set its back reference."""
        instance._node_group = self
        self.instances.append(instance)
        return instance

    def remove_instance(self, instance: Instance) -> None:
        """Take an instance, in use or quarantined, out of the group (by identity: two machines may look alike)."""
        self.instances = [kept for kept in self.instances if kept is not instance]
        self.quarantined = [kept for kept in self.quarantined if kept is not instance]
        instance._node_group = None

    def quarantine(self, instance: Instance, fault: str) -> None:
        """Go on without one of the instances in use: it stays in the group, apart, with the reason. For the engine."""
        self.instances = [kept for kept in self.instances if kept is not instance]
        self.quarantined.append(instance)
        instance.fault = fault

    @property
    def configuration(self) -> dict[str, dict[str, Any]]:
        """Merged values by target and name: node value → cluster value → recommended → default."""
        return merged_values(self.cluster.config_defaults, *reversed(self._layers()))

    def value(self, config: Config) -> Any:
        """The value of a config for this group, by the one precedence of :attr:`configuration`."""
        return first_value(config, *self._layers())

    def _layers(self) -> tuple[ConfigValues, ...]:
        """Where values come from, strongest first; defaults excepted."""
        cluster = self.cluster
        given = (self.node_configs, cluster.cluster_configs)
        if not self.use_autoconfig:
            return given
        return (*given, cluster.recommended_values(self.name), cluster.recommended_values(None))

    @property
    def storage_paths(self) -> list[str]:
        """Directories for data, the same on each instance; empty while no machine is connected and no volume set."""
        if self.volumes_per_node:
            return [f"{self.volumes_mount_prefix}{index}" for index in range(1, self.volumes_per_node + 1)]
        return self.instances[0].storage_paths if self.instances else []


@define
class Cluster:
    """A cluster, as handed to every hook.

    Attributes:
        name: cluster name.
        plugin_name: the provisioning plugin.
        hadoop_version: the plugin's version of the framework.
        node_groups: the node groups.
        cluster_configs: values by target and name, for the whole cluster.
        auxiliary_plugins: names of the auxiliary plugins, in the user's order.
        infrastructure: ``{"provider": name, …}`` with the provider's own options.
        anti_affinity: processes whose instances must run on different hosts.
        description: for people.
        info: what the plugin publishes (``{"Spark": {"Web UI": url}}``).
        extra: whatever the plugin wants kept, JSON-compatible.
        project_id, default_image_id, cluster_template_id, user_keypair_id, neutron_management_network:
            the SPI document's, for providers that know them.
        use_autoconfig: whether recommendations apply.
        is_transient: whether the cluster ends when its jobs do.
        is_protected: whether it refuses to be deleted.
        recommendations: what plugins recommended, apart from what the user set.
        status, status_reason: where the cluster stands, and why.
        id: unique identifier, given when the cluster is stored; names may be used again, ids are not.
        created_at, updated_at: when it was stored first and last, in UTC; None before.
    """

    name: str
    plugin_name: str
    hadoop_version: str
    node_groups: list[NodeGroup] = field(factory=list)
    cluster_configs: dict[str, dict[str, Any]] = field(factory=dict, repr=False)
    auxiliary_plugins: list[str] = field(factory=list)
    infrastructure: dict[str, Any] = field(factory=dict, repr=False)
    anti_affinity: list[str] = field(factory=list)
    description: str = ""
    info: dict[str, Any] = field(factory=dict)
    extra: dict[str, Any] = field(factory=dict)
    project_id: str | None = None
    default_image_id: str | None = None
    cluster_template_id: str | None = None
    user_keypair_id: str | None = None
    neutron_management_network: str | None = None
    use_autoconfig: bool = True
    is_transient: bool = False
    is_protected: bool = False
    recommendations: tuple[Recommendation, ...] = field(default=(), converter=_recommendations)
    status: ClusterStatus = field(default=ClusterStatus.UNDEFINED, converter=ClusterStatus)
    status_reason: str = ""
    id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    _defaults: ConfigValues = _lent({})
    _recommended: tuple[tuple[Recommendation, ...], dict[str | None, ConfigValues]] = _lent(((), {}))

    def __attrs_post_init__(self) -> None:
        for node_group in self.node_groups:
            node_group._cluster = self

    def add_node_group(self, node_group: NodeGroup) -> NodeGroup:
        """Append a node group and set its back reference."""
        node_group._cluster = self
        self.node_groups.append(node_group)
        return node_group

    @property
    def instances(self) -> list[Instance]:
        """All instances, group by group."""
        return [instance for node_group in self.node_groups for instance in node_group.instances]

    @property
    def quarantined(self) -> list[Instance]:
        """The machines the cluster has and does without, group by group."""
        return [instance for node_group in self.node_groups for instance in node_group.quarantined]

    def groups_with(self, process: str) -> Iterator[NodeGroup]:
        """The node groups that run a process."""
        return (node_group for node_group in self.node_groups if process in node_group.node_processes)

    def instances_with(self, process: str) -> list[Instance]:
        """The instances that run a process, group by group."""
        return [instance for node_group in self.groups_with(process) for instance in node_group.instances]

    def count_of(self, process: str) -> int:
        """How many instances the user wants to run a process: the groups' counts, whether machines exist or not."""
        return sum(node_group.count for node_group in self.groups_with(process))

    def node_group(self, name: str) -> NodeGroup:
        """The node group of that name.

        Raises:
            KeyError: there is none.
        """
        for node_group in self.node_groups:
            if node_group.name == name:
                return node_group
        raise KeyError(name)

    def bind_configs(self, configs: Sequence[Config]) -> None:
        """Tell the cluster its stack's configs, so that defaults take part in every merge. For engine and tests."""
        self._defaults = defaults(configs)

    @property
    def config_defaults(self) -> ConfigValues:
        """Default values of the stack's configs, by target and name."""
        return self._defaults

    def recommended_values(self, node_group: str | None) -> ConfigValues:
        """Recommended values for one node group, or with None for the whole cluster."""
        if not self.use_autoconfig:
            return {}
        indexed, values = self._recommended
        if indexed is not self.recommendations:
            values = by_node_group(self.recommendations)
            self._recommended = (self.recommendations, values)
        return values.get(node_group, {})

    def value(self, config: Config) -> Any:
        """The value of a config for the whole cluster: cluster value → recommended → default."""
        return first_value(config, self.cluster_configs, self.recommended_values(None))
