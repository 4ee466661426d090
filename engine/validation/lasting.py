"""What a document may not change on a cluster that runs: fields, node groups, and secrets by accident."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import fields

from serai.engine.changing import CLUSTER_FIELDS, GROUP_FIELDS
from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import suggestion
from serai.engine.documents.paths import Path
from serai.engine.spec import ClusterSpec, NodeGroupSpec
from serai.engine.validation.context import Context
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import ConfigValues
from serai.hookspec.secrets import MASK

_ANEW: Final = "make a new cluster with it, under another name"

_KIND: Final = ("plugin_name", "hadoop_version", "auxiliary_plugins")
_OF_THE_DOCUMENT: Final = ("name", "node_groups", "schema_version", "reading")
_OF_A_GROUP: Final = ("name", "count")


def is_of_one_kind(spec: ClusterSpec, cluster: Cluster) -> bool:
    """Whether a spec asks for the plugins that a cluster has, so that the values of both can be compared."""
    return all(_plain(getattr(spec, name)) == _plain(getattr(cluster, name)) for name in _KIND)


def lasting(context: Context, cluster: Cluster) -> Iterator[Fault]:
    """Fields and node groups that differ from the cluster's and must not; secrets that are only masks.

    Whatever is not known to be changeable stays: a field that comes to the object model is none by itself.
    """
    for name in _lasting_fields(ClusterSpec, (*CLUSTER_FIELDS, *_OF_THE_DOCUMENT)):
        yield from _field_faults(context, (name,), getattr(cluster, name), getattr(context.spec, name))
    yield from _group_faults(context, cluster)
    yield from _masked(context, ("cluster_configs",), context.spec.cluster_configs)
    for path, group in context.node_groups:
        yield from _masked(context, (*path, "node_configs"), group.node_configs)


def _lasting_fields(kind: type[ClusterSpec] | type[NodeGroupSpec], others: tuple[str, ...]) -> Iterator[str]:
    return (attribute.name for attribute in fields(kind) if attribute.name not in others)


def _field_faults(context: Context, path: Path, old: Any, new: Any) -> Iterator[Fault]:
    old, new = _plain(old), _plain(new)
    if old == new or context.is_faulty(*path):
        return
    if isinstance(old, dict) and isinstance(new, dict):  # a provider's options, which may be anybody's business
        for key in sorted(key for key in {*old, *new} if old.get(key) != new.get(key)):
            yield _fault((*path, key), "cannot change on a cluster that runs")
    else:
        yield _fault(path, f"is {old!r} and cannot become {new!r} on a cluster that runs")


def _fault(path: Path, message: str) -> Fault:
    return Fault(path, Code.IMMUTABLE_FIELD, message, _ANEW)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _group_faults(context: Context, cluster: Cluster) -> Iterator[Fault]:
    groups = {group.name: group for group in cluster.node_groups}
    wanted = {group.name for group in context.spec.node_groups}
    missing = [name for name in groups if name not in wanted]
    for path, group in context.node_groups:
        if context.is_faulty(*path, "name"):
            missing.clear()
        elif group.name in groups:
            yield from _lasting_in_group(context, path, groups[group.name], group)
        else:
            hint = suggestion(group.name, missing) if missing else _ANEW
            message = f"cluster {cluster.name!r} has no node group {group.name!r}, and cannot be given one"
            yield Fault((*path, "name"), Code.NODE_GROUP_ADDED, message, hint)
    for name in missing:
        message = f"node group {name!r} of the cluster is missing, and cannot be taken away"
        yield Fault(("node_groups",), Code.NODE_GROUP_MISSING, message, "put it back; with count: 0 it has no machines")


def _lasting_in_group(context: Context, path: Path, group: NodeGroup, wanted: NodeGroupSpec) -> Iterator[Fault]:
    for name in _lasting_fields(NodeGroupSpec, (*GROUP_FIELDS, *_OF_A_GROUP)):
        old, new = getattr(group, name), getattr(wanted, name)
        if name == "node_processes" and sorted(old) == sorted(new):
            continue
        yield from _field_faults(context, (*path, name), old, new)


def _masked(context: Context, path: Path, values: ConfigValues) -> Iterator[Fault]:
    for target, named in values.items():
        for name, value in named.items():
            config = context.targets.get(target, {}).get(name)
            if config is not None and config.is_secret and value == MASK:
                message = f"is {MASK}, which stands for a secret where it is shown"
                hint = "write the secret itself"
                yield Fault((*path, target, name), Code.MASKED_SECRET, message, hint, config=config)
