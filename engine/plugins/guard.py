"""What plugins may not change on a cluster: who it is, what its user gave it, and which groups and machines it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Final

from serai.engine.plugins.dispatch import HookCall
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import InvalidResult

_CLUSTER_FIELDS: Final = (
    *("id", "name", "plugin_name", "hadoop_version", "auxiliary_plugins", "infrastructure"),
    *("cluster_configs", "use_autoconfig", "description", "is_protected"),
)
_GROUP_FIELDS: Final = (
    *("id", "name", "count", "node_processes"),
    *("node_configs", "use_autoconfig", "min_ready"),
)
_GROUP_MACHINES: Final = ("instances", "quarantined")


@contextmanager
def guarded(cluster: Cluster, call: HookCall) -> Iterator[None]:
    """Put back what a hook changes and may not, and say so.

    Plugins keep what they want in ``extra`` and publish in ``info``; the rest the engine relies on.

    Args:
        cluster: the cluster handed to the hook.
        call: the hook.

    Raises:
        InvalidResult: something was changed; it is as before.
    """
    before = _taken(cluster)
    try:
        yield
    finally:
        changed = _put_back(cluster, before)
    if changed:
        error = InvalidResult(
            f"{call.declaration.name} changed what is not a plugin's to change: {', '.join(changed)}",
            place=" or ".join(call.providers),
            hint="keep what you need in cluster.extra or node_group.extra; return recommendations for configs",
        )
        error.origin = call.origin
        raise error


def _taken(cluster: Cluster) -> dict[str, Any]:
    return {
        "fields": {name: deepcopy(getattr(cluster, name)) for name in _CLUSTER_FIELDS},
        "groups": list(cluster.node_groups),
        "of_groups": [
            ({name: deepcopy(getattr(group, name)) for name in _GROUP_FIELDS}, _machines(group))
            for group in cluster.node_groups
        ],
    }


def _machines(group: NodeGroup) -> dict[str, list[Instance]]:
    return {name: list(getattr(group, name)) for name in _GROUP_MACHINES}


def _put_back(cluster: Cluster, before: dict[str, Any]) -> list[str]:
    changed = _restored(cluster, before["fields"], "cluster")
    if not _same(cluster.node_groups, before["groups"]):
        cluster.node_groups = before["groups"]
        changed.append("cluster.node_groups")
    for group, (fields, machines) in zip(before["groups"], before["of_groups"], strict=True):
        label = f"node group {fields['name']!r}:"
        changed += _restored(group, fields, label)
        for name, instances in machines.items():
            if not _same(getattr(group, name), instances):
                setattr(group, name, instances)
                changed.append(f"{label} {name}")
    return changed


def _restored(thing: Cluster | NodeGroup, fields: dict[str, Any], label: str) -> list[str]:
    changed = [name for name, value in fields.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, fields[name])
    return [f"{label} {name}" for name in changed]


def _same(now: Any, before: list[Any]) -> bool:
    return isinstance(now, list) and len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
