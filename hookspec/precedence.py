"""Which value of a config counts where several are given: node value → cluster value → recommended → default."""

from collections.abc import Iterable, Sequence
from typing import Any

from serai.hookspec.configs import Config, ConfigValues, Recommendation


def merged_values(*layers: ConfigValues) -> dict[str, dict[str, Any]]:
    """Lay config values over each other; a later layer wins, name by name within each target."""
    merged: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for target, values in layer.items():
            merged.setdefault(target, {}).update(values)
    return merged


def first_value(config: Config, *layers: ConfigValues) -> Any:
    """The config's value in the first layer that has one, else its default."""
    for layer in layers:
        values = layer.get(config.applicable_target)
        if values is not None and config.name in values:
            return values[config.name]
    return config.default_value


def defaults(configs: Sequence[Config]) -> dict[str, dict[str, Any]]:
    """The default values of configs, in the shape of :data:`ConfigValues`; configs without one are left out."""
    values: dict[str, dict[str, Any]] = {}
    for config in configs:
        if config.default_value is not None:
            values.setdefault(config.applicable_target, {})[config.name] = config.default_value
    return values


def by_node_group(recommendations: Iterable[Recommendation]) -> dict[str | None, ConfigValues]:
    """Recommended values for each node group, and under None those for the cluster; a later one wins."""
    values: dict[str | None, dict[str, dict[str, Any]]] = {}
    for item in recommendations:
        values.setdefault(item.node_group, {}).setdefault(item.target, {})[item.name] = item.value
    return dict(values)
