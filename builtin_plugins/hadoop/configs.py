"""What a user can set: Hadoop's own properties, typed by what its code reads them as, and ours."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from serai.builtin_plugins.hadoop import reserved, settings
from serai.builtin_plugins.hadoop.bounds import LARGEST, LEAST
from serai.builtin_plugins.hadoop.listening import ANY_PORT, LISTENING
from serai.builtin_plugins.hadoop.processes import HDFS, MAPREDUCE, YARN
from serai.builtin_plugins.hadoop.properties.tables import DEFAULT_FILES, Property, table
from serai.builtin_plugins.hadoop.reach import reach
from serai.hookspec.configs import Config, ConfigType

SERVICE_OF: Final = {"core": HDFS, "hdfs": HDFS, "yarn": YARN, "mapred": MAPREDUCE}
"""The service that the properties of each file are set for."""

_SENSITIVE: Final = "hadoop.security.sensitive-config-keys"
"""The property whose default lists what Hadoop itself would not show, as regular expressions."""
_SENSITIVE_TOO: Final = (r"fs\.s3a\.access\.key$", r"^hadoop\.tokens$")
_PATTERN: Final = re.compile(r"[\[<%]|EXAMPLE")
"""What stands in for names that have no end: ``ipc.[port_number].backoff.enable``."""
_INTEGERS: Final = {"int": 1 << 31, "long": 1 << 63}
"""The first positive number that is too large, by what Java reads."""

OWN_DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {"yarn": {"yarn.log-aggregation-enable": "true"}}
"""Otherwise than by Hadoop's own files, each written to its file: logs of containers would be gone after few hours, or
with their node."""

IMPORTANT: Final = frozenset(
    (
        "dfs.replication",
        "dfs.blocksize",
        "dfs.permissions.enabled",
        "dfs.namenode.handler.count",
        "dfs.namenode.safemode.threshold-pct",
        "dfs.datanode.handler.count",
        "dfs.datanode.du.reserved",
        "dfs.datanode.failed.volumes.tolerated",
        "dfs.datanode.balance.bandwidthPerSec",
        "dfs.datanode.max.transfer.threads",
        "fs.trash.interval",
        "io.file.buffer.size",
        "io.compression.codecs",
        "yarn.nodemanager.resource.memory-mb",
        "yarn.nodemanager.resource.cpu-vcores",
        "yarn.nodemanager.vmem-check-enabled",
        "yarn.nodemanager.pmem-check-enabled",
        "yarn.nodemanager.vmem-pmem-ratio",
        "yarn.scheduler.minimum-allocation-mb",
        "yarn.scheduler.maximum-allocation-mb",
        "yarn.scheduler.maximum-allocation-vcores",
        "yarn.resourcemanager.scheduler.class",
        "yarn.log-aggregation-enable",
        "yarn.log-aggregation.retain-seconds",
        "yarn.app.mapreduce.am.resource.mb",
        "yarn.app.mapreduce.am.command-opts",
        "mapreduce.map.memory.mb",
        "mapreduce.reduce.memory.mb",
        "mapreduce.map.java.opts",
        "mapreduce.reduce.java.opts",
        "mapreduce.task.io.sort.mb",
        "mapreduce.job.reduces",
        "mapreduce.map.output.compress",
    )
)
"""What people set: shown first."""


@lru_cache
def configs(version: str) -> tuple[Config, ...]:
    """Everything a user can set with a release of Hadoop.

    Raises:
        NotFound: there is no such release.
    """
    return (*settings.CONFIGS, *property_configs(version).values())


@lru_cache
def property_configs(version: str) -> Mapping[str, Config]:
    """The properties of a release that a user can set, by name."""
    return dict(_property_configs(version))


def _property_configs(version: str) -> Iterator[tuple[str, Config]]:
    sensitive = _sensitive(version)
    for file in DEFAULT_FILES:
        for each in table(version).properties[file].values():
            if not reserved.reason(each.name) and not _PATTERN.search(each.name):
                is_secret = not each.default and sensitive.search(each.name) is not None
                ours = each._replace(default=OWN_DEFAULTS.get(file, {}).get(each.name, each.default))
                value_type = {"config_type": ConfigType.SECRET} if is_secret else _value_type(ours)
                yield each.name, _config(each, file, value_type)


def _sensitive(version: str) -> re.Pattern[str]:
    """What names of secrets look like."""
    listed = table(version).named(_SENSITIVE)
    return re.compile("|".join((*_SENSITIVE_TOO, *(listed.default.split() if listed else ()))))


def _config(each: Property, file: str, value_type: Mapping[str, Any]) -> Config:
    found = reach(each.name)
    return Config(
        name=each.name,
        description=each.description or f"In {file}-default.xml, without a description.",
        applicable_target=settings.target(SERVICE_OF[file]),
        scope=found.scope,
        priority=1 if each.name in IMPORTANT else 2,
        update_policy=found.policy,
        update_processes=found.processes,
        **value_type,
    )


def _value_type(each: Property) -> Mapping[str, Any]:
    """Type, default and bounds. A string wherever Hadoop takes more than one kind of value, or we do not know."""
    if each.name in LISTENING and LISTENING[each.name].is_address:
        return {"default_value": f"0.0.0.0:{LISTENING[each.name].port}"}
    if each.name in LISTENING:
        return {
            "config_type": ConfigType.INTEGER,
            "default_value": LISTENING[each.name].port,
            "minimum": 0 if each.name in ANY_PORT else 1,
            "maximum": 65535,
        }
    default = {"default_value": each.default or None}
    if _is_boolean(each):
        return {"config_type": ConfigType.BOOLEAN, **default}
    if limit := _integer_limit(each):
        least, largest = LEAST.get(each.name, -limit), LARGEST.get(each.name, limit - 1)
        return {"config_type": ConfigType.INTEGER, "minimum": least, "maximum": largest, **default}
    return default


def _is_boolean(each: Property) -> bool:
    """Whether a property is true or false, and nothing else."""
    by_default = each.default in ("true", "false")
    if not each.readings:
        return by_default
    return asked_for(each) == {"boolean"} and (by_default or not each.default)


def _integer_limit(each: Property) -> int:
    """The first positive integer that is too large for a property; 0 for one that may be more than an integer."""
    if not re.fullmatch(r"(-?[0-9]+)?", each.default):
        return 0
    return min((_INTEGERS.get(reading, 0) for reading in asked_for(each)), default=0)


def asked_for(each: Property) -> set[str]:
    """What the code wants of a value: who reads it as text beside, to show or to hand it on, wants nothing more."""
    return set(each.readings) - {"text"}
