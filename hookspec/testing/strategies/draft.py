"""A cluster before it is one: immutable, so that a step that does not hold is simply not taken."""

from typing import Any

from attrs import field, frozen

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, ConfigType
from serai.hookspec.facts import Facts
from serai.hookspec.secrets import Secret
from serai.hookspec.testing.strategies.offer import Offer
from serai.hookspec.testing.strategies.topology import Topology, running


@frozen
class Setting:
    """A value that is given.

    Attributes:
        config: for what.
        value: as :func:`~serai.hookspec.testing.strategies.values_for` draws it.
        group: the number of the node group it is given for; None for the whole cluster.
    """

    config: Config
    value: Any = field(repr=False)
    group: int | None = None


@frozen
class Draft:
    """All that makes up a cluster.

    Attributes:
        topology: its groups.
        settings: the values that are given; a later one wins.
        facts: what each group's machines are like.
        use_autoconfig: whether recommendations apply.
        volumes: how many volumes each instance has.
    """

    topology: Topology
    settings: tuple[Setting, ...] = ()
    facts: tuple[Facts | None, ...] = ()
    use_autoconfig: bool = True
    volumes: int = 0

    def cluster(self, offer: Offer, names: tuple[str, ...] = ()) -> Cluster:
        """The cluster as ``validate`` gets to see it, with recommendations.

        Args:
            offer: its plugins.
            names: the cluster's, and its groups'; plain ones when left out.

        Raises:
            Exception: what ``recommend_configs`` raises.
        """
        name, *group_names = names or ("demo", *(f"g{number}" for number in range(len(self.topology))))
        groups = [
            NodeGroup(
                group_name,
                group.count,
                list(group.processes),
                volumes_per_node=self.volumes,
                volumes_size=10 * self.volumes,
                facts=facts,
            )
            for group_name, group, facts in zip(group_names, self.topology, self._facts(), strict=True)
        ]
        cluster = Cluster(
            name,
            offer.plugin_name,
            offer.version,
            groups,
            auxiliary_plugins=list(offer.auxiliaries),
            use_autoconfig=self.use_autoconfig,
            defaults=offer.defaults,
        )
        for setting in (*needed(offer, self.topology), *self.settings):
            holder = cluster.cluster_configs if setting.group is None else groups[setting.group].node_configs
            value = Secret(setting.value) if setting.config.is_secret else setting.value
            holder.setdefault(setting.config.applicable_target, {})[setting.config.name] = value
        cluster.recommendations = offer.recommendations(cluster)
        return cluster

    def _facts(self) -> tuple[Facts | None, ...]:
        return self.facts or (None,) * len(self.topology)


def needed(offer: Offer, topology: Topology) -> list[Setting]:
    """A plain value for everything that a user must give."""
    return [
        Setting(config, offer.plain[config.key] if config.key in offer.plain else plain_value(config))
        for config in offer.configs_for(running(topology))
        if not config.is_optional and config.default_value is None
    ]


def plain_value(config: Config) -> Any:
    """A value that a config allows, as simple as can be."""
    match config.config_type:
        case ConfigType.INTEGER:
            least = 0 if config.minimum is None else max(config.minimum, 0)
            return least if config.maximum is None else min(least, config.maximum)
        case ConfigType.BOOLEAN:
            return False
        case ConfigType.ENUM:
            return config.config_values[0]
        case ConfigType.STRING | ConfigType.SECRET:
            return "a"
