"""What is wrong with single values, beyond what the engine sees by their types: what no daemon would start with."""

import re
from collections.abc import Iterator
from typing import Final

from serai.builtin_plugins.hadoop import reserved, settings
from serai.builtin_plugins.hadoop.configs import asked_for, property_configs
from serai.builtin_plugins.hadoop.properties.tables import Property, table
from serai.builtin_plugins.hadoop.rendering import illegal_characters
from serai.builtin_plugins.hadoop.values import as_text, text
from serai.hookspec.objects import Cluster, Config, ConfigType, NodeGroup, ValidationError
from serai.hookspec.places import config_path, values_path

_FORMATS: Final = {
    "int": (r"[-+]?[0-9]+|-?0[xX][0-9a-fA-F]+", "an integer"),
    "long": (r"[-+]?[0-9]+|-?0[xX][0-9a-fA-F]+", "an integer"),
    "number": (r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?[fFdD]?", "a number"),
    "duration": (r"[-+]?[0-9]+ *(ns|us|ms|s|m|h|d)?", "a duration such as 30s, 10m or 2h"),
    "size": (r"[-+]?[0-9]+(\.[0-9]+)? *([kmgtpe]?b?|[a-z]*bytes?)", "a size such as 64k, 128m or 1g"),
}
"""How values are written, by what Hadoop's code reads them as."""
_REFERENCE: Final = "${"
"""Another property, or one of Java's or of the environment, that Hadoop puts in."""


def property_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """What is wrong with values that were given for properties, in the cluster and in each node group.

    A daemon that cannot read a value ends while it starts; here that is told before anything is touched.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    listed, properties = property_configs(cluster.hadoop_version), table(cluster.hadoop_version)
    holders: tuple[Cluster | NodeGroup, ...] = (cluster, *cluster.node_groups)
    for holder in holders:
        own = holder.node_configs if isinstance(holder, NodeGroup) else holder.cluster_configs
        for target, values in own.items():
            for name, value in values.items():
                config, each = listed.get(name), properties.named(name)
                if config is None and (reason := reserved.reason(name)):
                    yield _reserved_problem(values_path(holder, target, name), name, reason)
                elif config and each and config.applicable_target == target and not config.problem_with(value):
                    yield from _value_problems(holder, config, each, as_text(value))


def extra_value_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Values of properties that the default files do not list, and that no XML file can hold."""
    for config in (*settings.EXTRA.values(), *settings.SECRET_EXTRA.values()):
        if illegal_characters(text(cluster, config)):
            message = f"{config.name!r} has characters that cannot be written as XML"
            yield _problem(cluster, config, "ILLEGAL_CHARACTERS", message, "leave out control characters")


def _value_problems(
    holder: Cluster | NodeGroup, config: Config, each: Property, given: str
) -> Iterator[ValidationError]:
    if not given:
        message, hint = f"Hadoop takes an empty value of {config.name!r} for none", "leave it out, or give another"
        yield _problem(holder, config, "EMPTY_VALUE", message, hint)
    elif illegal_characters(given):
        message, hint = f"the value of {config.name!r} cannot be written as XML", "leave out control characters"
        yield _problem(holder, config, "ILLEGAL_CHARACTERS", message, hint)
    elif config.config_type is ConfigType.STRING and (wanted := _wanted(each, given)):
        message = f"{config.name!r} must be {wanted} (got {given!r})"
        yield _problem(holder, config, "MALFORMED_VALUE", message, "no process of Hadoop would start with it")


def _reserved_problem(path: str, name: str, reason: str) -> ValidationError:
    """The engine knows no such config, and says so: what it cannot say is why there is none."""
    return ValidationError(None, f"{name!r} is set by Serai itself", path, "RESERVED_PROPERTY", reason)


def _wanted(each: Property, given: str) -> str:
    """What Hadoop's code takes for a property where a value is nothing of that; else, or if we do not know, ``""``."""
    readings = asked_for(each)
    formats = [_FORMATS[reading] for reading in sorted(readings) if reading in _FORMATS]
    if _REFERENCE in given or len(formats) < len(readings):
        return ""
    if any(re.fullmatch(pattern, given.strip(), re.IGNORECASE) for pattern, _ in formats):
        return ""
    return " or ".join(dict.fromkeys(words for _, words in formats))


def _problem(holder: Cluster | NodeGroup, config: Config, code: str, message: str, hint: str) -> ValidationError:
    return ValidationError(config, message, config_path(holder, config), code, hint)
