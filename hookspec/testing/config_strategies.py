"""Strategies for configs, the values they allow, and clusters that a plugin could be asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import GENERAL, SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy
from serai.hookspec.testing.plain_strategies import names, scalars, words

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def configs(draw: st.DrawFn, targets: Sequence[str] = (GENERAL, "service:Example")) -> Config:
    """Configs of every type, with a default that fits, or none.

    Args:
        targets: their applicable targets.
    """
    kind = draw(st.sampled_from(ConfigType))
    bounds = sorted(draw(st.tuples(st.integers(0, 99), st.integers(0, 99)))) if kind is ConfigType.INTEGER else None
    config = Config(
        name=draw(st.text(_LETTERS, min_size=1, max_size=8)),
        description=draw(words()),
        config_type=kind,
        config_values=draw(_choices()) if kind is ConfigType.ENUM else (),
        applicable_target=draw(st.sampled_from(targets)),
        scope=draw(st.sampled_from(Scope)),
        is_optional=draw(st.booleans()),
        priority=draw(st.sampled_from((2, 1))),
        minimum=bounds[0] if bounds else None,
        maximum=bounds[1] if bounds else None,
        update_policy=draw(st.sampled_from(UpdatePolicy)),
        update_processes=draw(st.lists(st.text(_LETTERS, min_size=1, max_size=4), max_size=2, unique=True)),
    )
    return evolve(config, default_value=draw(st.none() | values_for(config)))


def _choices() -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.text(_LETTERS, min_size=1, max_size=4), min_size=1, max_size=4, unique=True).map(tuple)


def values_for(config: Config) -> SearchStrategy[Any]:
    """Values that a config allows."""
    if config.config_type is ConfigType.INTEGER:
        return st.integers(config.minimum, config.maximum)
    if config.config_type is ConfigType.BOOLEAN:
        return st.booleans()
    if config.config_type is ConfigType.ENUM:
        return st.sampled_from(config.config_values)
    return words()


def wrong_values_for(config: Config) -> SearchStrategy[Any]:
    """Values that a config does not allow: of other types, outside its limits, not among its values."""
    beyond = [st.just(config.minimum - 1)] if config.minimum is not None else []
    beyond += [st.just(config.maximum + 1)] if config.maximum is not None else []
    return st.one_of(scalars(), st.lists(scalars(), max_size=2), *beyond).filter(
        lambda value: bool(config.problem_with(value))
    )


@st.composite
def clusters_of(
    draw: st.DrawFn,
    plugin_name: str,
    hadoop_version: str,
    configs: Sequence[Config],
    node_processes: Mapping[str, Sequence[str]],
    max_count: int = 5,
) -> Cluster:
    """Clusters to be made by one plugin: names, processes, scopes and values are what the engine lets through.

    What the plugin itself demands of a cluster is not known here: these are what its ``validate`` gets to see.

    Args:
        plugin_name: the plugin.
        hadoop_version: one of its versions.
        configs: as of ``get_configs``.
        node_processes: as of ``get_node_processes``.
        max_count: the largest count of a node group.
    """
    processes = [process for listed in node_processes.values() for process in listed]
    some_processes = st.lists(st.sampled_from(processes), unique=True, max_size=3) if processes else st.just([])
    group_names = draw(st.lists(names(), min_size=1, max_size=3, unique=True))
    groups = [NodeGroup(name, draw(st.integers(1, max_count)), draw(some_processes)) for name in group_names]
    running = {process for group in groups for process in group.node_processes}
    targets = {GENERAL} | {
        f"{SERVICE_PREFIX}{service}"
        for service, listed in node_processes.items()
        if not listed or not running.isdisjoint(listed)
    }
    used = [config for config in configs if config.applicable_target in targets]
    for group in groups:
        group.node_configs = draw(_values_of([config for config in used if config.scope is Scope.NODE]))
    cluster = Cluster(draw(names()), plugin_name, hadoop_version, groups, draw(_values_of(used)))
    cluster.bind_configs(configs)
    return cluster


@st.composite
def _values_of(draw: st.DrawFn, configs: Sequence[Config]) -> dict[str, dict[str, Any]]:
    """Allowed values for the configs that must be given and for some of the others."""
    values: dict[str, dict[str, Any]] = {}
    for config in configs:
        is_mandatory = not config.is_optional and config.default_value is None
        if is_mandatory or draw(st.booleans()):
            values.setdefault(config.applicable_target, {})[config.name] = draw(values_for(config))
    return values
