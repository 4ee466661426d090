"""What must hold of a cluster that is to have notebooks."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from serai.contrib.jupyter.configuration import FRAMEWORK_PROCESSES
from serai.contrib.jupyter.settings import JUPYTER, TOKEN, token
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path, group_path

_FIT: Final = re.compile(r"[A-Za-z0-9_-]{16,}")


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    counts = {group.name: group.count for group in cluster.node_groups}
    return [*_count_problems(cluster, counts), *_place_problems(cluster), *_token_problems(cluster)]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = {group.name: group.count for group in cluster.node_groups}
    return [*_count_problems(cluster, {**counts, **existing, **additional}), *_place_problems(cluster)]


def _count_problems(cluster: Cluster, counts: Mapping[str, int]) -> Iterator[ValidationError]:
    groups = list(cluster.groups_with(JUPYTER))
    if sum(counts[group.name] for group in groups) < 1:
        yield ValidationError(
            error_message=f"no instance has the process {JUPYTER}",
            path=f"{group_path(groups[0])}.count" if len(groups) == 1 else "node_groups",
            code="NO_JUPYTER",
            hint=f"give a node group the process {JUPYTER}, or remove {JUPYTER} from auxiliary_plugins",
        )


def _place_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Kernels are drivers: they need the framework beside them."""
    needed = FRAMEWORK_PROCESSES.get(cluster.plugin_name, ())
    for group in cluster.groups_with(JUPYTER):
        if needed and not set(needed) & set(group.node_processes):
            yield ValidationError(
                error_message=f"{JUPYTER} is in node group {group.name!r}, which has nothing of {cluster.plugin_name}",
                path=f"{group_path(group)}.node_processes",
                code="JUPYTER_ALONE",
                hint=f"give {JUPYTER} to a node group that has {' or '.join(needed)}",
            )


def _token_problems(cluster: Cluster) -> Iterator[ValidationError]:
    given = token(cluster).reveal()
    if given and not _FIT.fullmatch(given):
        yield ValidationError(
            config=TOKEN,
            error_message="the token is not made of at least 16 letters, digits, '-' and '_'",
            path=config_path(cluster, TOKEN),
            code="TOKEN_UNFIT",
            hint="python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one",
        )
