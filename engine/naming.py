"""Names of clusters, node groups and instances: what they may be, and which comes next."""

import re
from collections.abc import Collection
from typing import Final

NAME_LENGTH: Final = 50
"""As long as the name of a cluster or node group may be."""

HOST_NAME_LENGTH: Final = 63
"""As long as one label of a host name may be (RFC 1035)."""

INDEX_DIGITS: Final = 3
"""Digits that are reserved for an instance's index, however few instances there are, so that the group can grow."""

_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


def is_name(text: str) -> bool:
    """Whether a text can name a cluster or a node group: it becomes part of host names."""
    return len(text) <= NAME_LENGTH and _NAME.fullmatch(text) is not None


def instance_name(cluster: str, node_group: str, index: int) -> str:
    """``<cluster>-<node group>-<index>``, in lower case as host names are compared."""
    return f"{_prefix(cluster, node_group)}{index}"


def _prefix(cluster: str, node_group: str) -> str:
    return f"{cluster}-{node_group}-".lower()


def longest_instance_name(cluster: str, node_group: str, count: int) -> str:
    """The longest name an instance of a group of ``count`` can be expected to get."""
    return instance_name(cluster, node_group, max(count, 10**INDEX_DIGITS - 1))


def instance_names(cluster: str, node_group: str, taken: Collection[str], count: int) -> list[str]:
    """The names of instances to come: indexes rise from the highest one taken, so that no gap is filled again.

    Args:
        cluster: the cluster's name.
        node_group: the group's name.
        taken: names that are in use, or were and must not come back; those of other groups do not matter.
        count: how many names; none when it is not positive.
    """
    first = 1 + max((index_of(name, cluster, node_group) for name in taken), default=0)
    prefix = _prefix(cluster, node_group)
    return [f"{prefix}{index}" for index in range(first, first + count)]


def index_of(name: str, cluster: str, node_group: str) -> int:
    """The index in an instance's name; 0 when it is not the name of an instance of that group."""
    prefix = _prefix(cluster, node_group)
    digits = name[len(prefix) :]
    return int(digits) if name.startswith(prefix) and digits.isascii() and digits.isdecimal() else 0
