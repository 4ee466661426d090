"""What the provider ``local`` cannot do, so that nothing a user asks for is silently ignored."""

import os
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from serai.builtin_plugins.infrastructure.host import current_user
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import ValidationError

_OPTIONS: Final = ("provider",)
_CLUSTER_FIELDS: Final = ("default_image_id", "neutron_management_network", "user_keypair_id")
_GROUP_FIELDS: Final = ("flavor_id", "image_id", "volumes_per_node", "volumes_size", "floating_ip_pool")


def root_errors(root: Path) -> Iterator[ValidationError]:
    """Why no machine could be made below that directory; nothing is made to find out."""
    if sys.platform != "linux":
        yield ValidationError(
            error_message=f"the provider 'local' needs Linux, this is {sys.platform}",
            path="infrastructure.provider",
            code="UNSUPPORTED",
        )
    if not root.is_absolute():
        yield _unusable(f"{root} is not an absolute path")
        return
    existing = next(level for level in (root, *root.parents) if level.exists())
    if not existing.is_dir():
        yield _unusable(f"{existing} is not a directory")
    elif not os.access(existing, os.W_OK | os.X_OK):
        yield _unusable(f"{existing} cannot be written to by {current_user()}")


def cluster_errors(cluster: Cluster) -> Iterator[ValidationError]:
    """What the cluster asks for that a directory of this machine cannot be."""
    for option in cluster.infrastructure:
        if option not in _OPTIONS:
            yield _unknown_option(option)
    for field in _CLUSTER_FIELDS:
        if getattr(cluster, field):
            yield _unsupported(field, field)
    if cluster.anti_affinity:
        yield ValidationError(
            error_message="machines of the provider 'local' are all on one host, so nothing can be kept apart",
            path="anti_affinity",
            code="UNSUPPORTED",
            hint="leave it out, or use another provider",
        )
    for index, node_group in enumerate(cluster.node_groups):
        yield from _group_errors(node_group, f"node_groups[{index}]")


def _group_errors(node_group: NodeGroup, path: str) -> Iterator[ValidationError]:
    for field in _GROUP_FIELDS:
        if getattr(node_group, field):
            yield _unsupported(field, f"{path}.{field}")
    if node_group.username not in ("", current_user()):
        yield ValidationError(
            error_message=f"machines of 'local' are used as {current_user()}, not as {node_group.username}",
            path=f"{path}.username",
            code="UNSUPPORTED",
            hint="leave it out",
        )


def _unsupported(field: str, path: str) -> ValidationError:
    return ValidationError(
        error_message=f"machines of the provider 'local' have no {field}",
        path=path,
        code="UNSUPPORTED",
        hint="leave it out, or use another provider",
    )


def _unknown_option(option: str) -> ValidationError:
    near = get_close_matches(option, _OPTIONS, n=1)
    return ValidationError(
        error_message=f"the provider 'local' has no option {option!r}",
        path=f"infrastructure.{option}",
        code="UNKNOWN_OPTION",
        hint=f"did you mean {near[0]!r}?" if near else "it has none; SERAI_LOCAL_ROOT sets where machines live",
    )


def _unusable(reason: str) -> ValidationError:
    return ValidationError(
        error_message=f"no machine can be made: {reason}",
        path="infrastructure",
        code="ROOT_UNUSABLE",
        hint="set SERAI_LOCAL_ROOT to a directory of yours",
    )
