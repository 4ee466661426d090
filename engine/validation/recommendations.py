"""Checking what plugins recommend: a value nobody asked for must at least be one the user could have given."""

from collections.abc import Iterator, Sequence

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config, Recommendation
from serai.hookspec.errors import InvalidResult


def check_recommendations(cluster: Cluster, configs: Sequence[Config]) -> None:
    """Check the recommendations on a cluster.

    Raises:
        InvalidResult: naming every recommendation that fits no config or no node group, or has a value the config
            does not allow.
    """
    known = {config.key: config for config in configs}
    groups = {node_group.name for node_group in cluster.node_groups}
    faults = [fault for item in cluster.recommendations for fault in _faults(item, known, groups)]
    if faults:
        raise InvalidResult(
            f"recommend_configs gave what cannot be used: {'; '.join(faults)}",
            place=cluster.plugin_name,
            hint="this is a defect of the plugin; set use_autoconfig: false to do without its recommendations",
            details={"faults": faults},
        )


def _faults(item: Recommendation, known: dict[tuple[str, str], Config], groups: set[str]) -> Iterator[str]:
    config = known.get((item.target, item.name))
    what = f"{item.name!r} of {item.target}"
    if config is None:
        yield f"there is no config {what}"
    elif problem := config.problem_with(item.value):
        yield f"{what} {problem}"
    if item.node_group is not None and item.node_group not in groups:
        yield f"{what} is for node group {item.node_group!r}, which does not exist"
