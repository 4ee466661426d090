"""Rules about names."""

import re
from collections.abc import Iterator

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path
from serai.engine.naming import HOST_NAME_LENGTH, NAME_LENGTH, is_name, longest_instance_name
from serai.engine.validation.context import Context


def cluster_name(context: Context) -> Iterator[Fault]:
    """The cluster's name can be part of a host name."""
    if not is_name(context.spec.name):
        yield _invalid(("name",), context.spec.name)


def cluster_name_is_free(context: Context) -> Iterator[Fault]:
    """No other cluster has the name."""
    if context.is_taken(context.spec.name):
        message = f"there is a cluster named {context.spec.name!r} already"
        name = context.spec.name
        hint = f"choose another name; to go on where it failed: serai retry {name}; to change it: serai apply FILE"
        yield Fault(("name",), Code.NAME_TAKEN, message, hint)


def node_group_names(context: Context) -> Iterator[Fault]:
    """Each node group's name can be part of a host name."""
    for path, group in context.node_groups:
        if not is_name(group.name):
            yield _invalid((*path, "name"), group.name)


def node_group_names_differ(context: Context) -> Iterator[Fault]:
    """No two node groups have one name; host names do not tell case."""
    first: dict[str, int] = {}
    for index, group in enumerate(context.spec.node_groups):
        name = group.name.lower()
        if name in first and not context.is_faulty("node_groups", first[name], "name"):
            message = f"is the name of node_groups[{first[name]}] too (got {group.name!r})"
            yield Fault(("node_groups", index, "name"), Code.DUPLICATE_NODE_GROUP, message, "give it another name")
        first.setdefault(name, index)


def host_names(context: Context) -> Iterator[Fault]:
    """The instances' names fit a host name, with room for the group to grow."""
    cluster = context.spec.name
    if not is_name(cluster) or context.is_faulty("name"):
        return
    for path, group in context.node_groups:
        longest = longest_instance_name(cluster, group.name, group.count)
        if is_name(group.name) and len(longest) > HOST_NAME_LENGTH:
            message = f"would give instances names like {longest!r}: {len(longest)} characters of {HOST_NAME_LENGTH}"
            hint = "shorten the name of the cluster or of the node group"
            yield Fault((*path, "name"), Code.HOST_NAME_TOO_LONG, message, hint)


def _invalid(path: Path, name: str) -> Fault:
    message = f"must be letters, digits and hyphens, begin with a letter and not end with a hyphen (got {name!r})"
    if len(name) > NAME_LENGTH:
        message = f"must have at most {NAME_LENGTH} characters (got {len(name)})"
    likely = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:NAME_LENGTH].rstrip("-")
    hint = f"such as {likely!r}" if is_name(likely) else ""
    return Fault(path, Code.INVALID_NAME, message, hint)
