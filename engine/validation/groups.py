"""Rules about the numbers of node groups, and about the document as a whole."""

from collections.abc import Iterator
from typing import Final

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path
from serai.engine.documents.schema import SCHEMA_VERSION
from serai.engine.spec import NodeGroupSpec
from serai.engine.validation.context import Context

MAXIMUM_COUNT: Final = 10_000
"""As many instances as one node group may have: more is a slip of the keyboard."""


def schema_version(context: Context) -> Iterator[Fault]:
    """The document has the shape that this Serai reads."""
    if context.spec.schema_version != SCHEMA_VERSION:
        message = f"must be {SCHEMA_VERSION} (got {context.spec.schema_version})"
        yield Fault(("schema_version",), Code.UNSUPPORTED_SCHEMA_VERSION, message, "upgrade Serai")


def not_yet_supported(context: Context) -> Iterator[Fault]:
    """Nothing that is asked for is silently ignored."""
    if context.spec.is_transient:
        message = "clusters that end with their jobs are not supported yet"
        yield Fault(("is_transient",), Code.NOT_YET_SUPPORTED, message, "leave it out, and delete the cluster yourself")


def node_groups(context: Context) -> Iterator[Fault]:
    """There are node groups."""
    if not context.spec.node_groups:
        hint = "add one: {name: workers, count: 1, node_processes: […]}"
        yield Fault(("node_groups",), Code.NO_NODE_GROUPS, "there is no node group", hint)


def instances(context: Context) -> Iterator[Fault]:
    """There will be an instance."""
    groups = context.spec.node_groups
    certain = not any(context.is_faulty(*path, "count") for path, _ in context.node_groups)
    if groups and certain and all(group.count == 0 for group in groups):
        hint = "give a node group a count of at least 1"
        yield Fault(("node_groups",), Code.NO_INSTANCES, "all node groups together have no instance", hint)


def ranges(context: Context) -> Iterator[Fault]:
    """Numbers are within their limits."""
    for path, group in context.node_groups:
        yield from count_in_range((*path, "count"), group.count)
        yield from _at_least_zero((*path, "volumes_per_node"), group.volumes_per_node)
        yield from _at_least_zero((*path, "volumes_size"), group.volumes_size)


def ready_instances(context: Context) -> Iterator[Fault]:
    """``min_ready`` is within 0 and the count."""
    for path, group in context.node_groups:
        place = (*path, "min_ready")
        if group.min_ready is None:
            continue
        yield from _at_least_zero(place, group.min_ready)
        if group.min_ready > group.count >= 0 and not context.is_faulty(*path, "count"):
            message = f"must be at most {group.count}, the count (got {group.min_ready})"
            yield Fault(place, Code.OUT_OF_RANGE, message, "lower it, or raise the count")


def volumes(context: Context) -> Iterator[Fault]:
    """Volumes have a size and a place to be mounted."""
    for path, group in context.node_groups:
        if group.volumes_per_node > 0:
            yield from _volume_faults(context, path, group)


def _volume_faults(context: Context, path: Path, group: NodeGroupSpec) -> Iterator[Fault]:
    if group.volumes_size == 0 and not context.is_faulty(*path, "volumes_per_node"):
        message = f"{group.volumes_per_node} volumes need a size"
        yield Fault((*path, "volumes_size"), Code.VOLUMES_WITHOUT_SIZE, message, "give volumes_size, in GB")
    if not group.volumes_mount_prefix.startswith("/"):
        message = f"must be an absolute path (got {group.volumes_mount_prefix!r})"
        yield Fault((*path, "volumes_mount_prefix"), Code.INVALID, message)


def count_in_range(path: Path, count: int) -> Iterator[Fault]:
    """A number of instances is within what a node group may have."""
    yield from _at_least_zero(path, count)
    if count > MAXIMUM_COUNT:
        yield Fault(path, Code.OUT_OF_RANGE, f"must be at most {MAXIMUM_COUNT} (got {count})")


def _at_least_zero(path: Path, number: int) -> Iterator[Fault]:
    if number < 0:
        yield Fault(path, Code.OUT_OF_RANGE, f"must be at least 0 (got {number})")
