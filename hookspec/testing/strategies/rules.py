"""What any driver of plugins refuses by what they declare alone: each rule, where it can be broken, and how."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar

from attrs import frozen
from hypothesis import strategies as st

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import GENERAL, Config, Scope
from serai.hookspec.places import values_path
from serai.hookspec.testing.strategies.draft import plain_value
from serai.hookspec.testing.strategies.offer import Offer
from serai.hookspec.testing.strategies.typed_values import beyond, wrong_types_for

P = TypeVar("P")
Holder = Cluster | NodeGroup

UNKNOWN: Final = "no-such-thing"
"""A name that nothing has."""


@frozen
class Rule(Generic[P]):
    """A rule, and how it is broken.

    Attributes:
        name: what breaking it is called.
        code: that of the engine's error.
        places: the places of a cluster where it can be broken.
        apply: breaks it at one of them; tells where in the document the error is.
    """

    name: str
    code: str
    places: Callable[[Cluster, Offer], Iterator[P]]
    apply: Callable[[st.DrawFn, Cluster, P], str]

    def can_be_broken(self, cluster: Cluster, offer: Offer) -> bool:
        """Whether there is a place for it."""
        return next((True for _ in self.places(cluster, offer)), False)


# Node groups and processes


def _everywhere(cluster: Cluster, offer: Offer) -> Iterator[int]:
    yield from range(len(cluster.node_groups))


def _once(cluster: Cluster, offer: Offer) -> Iterator[int]:
    yield 0


def _with_processes(cluster: Cluster, offer: Offer) -> Iterator[int]:
    yield from (index for index in _everywhere(cluster, offer) if cluster.node_groups[index].node_processes)


def _unknown_process(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    processes = cluster.node_groups[index].node_processes
    processes.append(UNKNOWN)
    return f"node_groups[{index}].node_processes[{len(processes) - 1}]"


def _process_twice(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    processes = cluster.node_groups[index].node_processes
    processes.append(draw(st.sampled_from(processes)))
    return f"node_groups[{index}].node_processes[{len(processes) - 1}]"


def _negative_count(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.node_groups[index].count = draw(st.integers(-9, -1))
    return f"node_groups[{index}].count"


def _same_name(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.add_node_group(NodeGroup(cluster.node_groups[index].name))
    return f"node_groups[{len(cluster.node_groups) - 1}].name"


def _name_of_no_host(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.node_groups[index].name = draw(st.sampled_from(("", "-a", "a-", "1a", "a_b", "ä")))
    return f"node_groups[{index}].name"


def _volumes_without_size(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    group = cluster.node_groups[index]
    group.volumes_per_node, group.volumes_size = max(group.volumes_per_node, 1), 0
    return f"node_groups[{index}].volumes_size"


def _more_ready_than_there_are(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    group = cluster.node_groups[index]
    group.min_ready = group.count + draw(st.integers(1, 9))
    return f"node_groups[{index}].min_ready"


def _no_node_groups(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.node_groups.clear()
    return "node_groups"


def _no_instances(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    for group in cluster.node_groups:
        group.count = 0
        group.min_ready = None
    return "node_groups"


# Values


@frozen
class Spot:
    """A place for a value.

    Attributes:
        config: what the value is for.
        target: the target it is given under: the config's own, or another one.
        index: the number of the node group it is given for; None for the whole cluster.
    """

    config: Config
    target: str
    index: int | None = None


def _given(cluster: Cluster, spot: Spot, value: Any) -> str:
    holder: Holder = cluster if spot.index is None else cluster.node_groups[spot.index]
    values = holder.cluster_configs if isinstance(holder, Cluster) else holder.node_configs
    values.setdefault(spot.target, {})[spot.config.name] = value
    return values_path(holder, spot.target, spot.config.name)


def _usable(cluster: Cluster, offer: Offer) -> Sequence[Config]:
    return offer.configs_for(_running(cluster))


def _running(cluster: Cluster) -> set[str]:
    return {process for group in cluster.node_groups for process in group.node_processes}


def _configs(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    yield from (Spot(config, config.applicable_target) for config in _usable(cluster, offer))


def _limited(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    yield from (spot for spot in _configs(cluster, offer) if beyond(spot.config))


def _of_the_cluster(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    for config in _usable(cluster, offer):
        if config.scope is Scope.CLUSTER:
            yield from (Spot(config, config.applicable_target, index) for index in range(len(cluster.node_groups)))


def _of_another_target(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    known = {config.key for config in offer.configs}
    used = sorted(offer.targets_for(_running(cluster)))
    for config in _usable(cluster, offer):
        yield from (Spot(config, target) for target in used if (target, config.name) not in known)


def _of_no_service(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    used = offer.targets_for(_running(cluster))
    for config in offer.configs:
        if config.applicable_target not in used:
            yield Spot(config, config.applicable_target)


def _demanded(cluster: Cluster, offer: Offer) -> Iterator[Spot]:
    for config in _usable(cluster, offer):
        if not config.is_optional and config.default_value is None and config.scope is Scope.CLUSTER:
            yield Spot(config, config.applicable_target)


def _unknown_config(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.cluster_configs.setdefault(GENERAL, {})[UNKNOWN] = draw(st.sampled_from(("a", 1, True)))
    return values_path(cluster, GENERAL, UNKNOWN)


def _unknown_target(draw: st.DrawFn, cluster: Cluster, index: int) -> str:
    cluster.cluster_configs[f"service:{UNKNOWN}"] = {UNKNOWN: "a"}
    return values_path(cluster, f"service:{UNKNOWN}")


def _allowed_value(draw: st.DrawFn, cluster: Cluster, spot: Spot) -> str:
    return _given(cluster, spot, plain_value(spot.config))


def _for_an_unused_service(draw: st.DrawFn, cluster: Cluster, spot: Spot) -> str:
    _given(cluster, spot, plain_value(spot.config))
    return values_path(cluster, spot.target)


def _wrong_type(draw: st.DrawFn, cluster: Cluster, spot: Spot) -> str:
    return _given(cluster, spot, draw(wrong_types_for(spot.config)))


def _out_of_bounds(draw: st.DrawFn, cluster: Cluster, spot: Spot) -> str:
    return _given(cluster, spot, draw(st.one_of(*beyond(spot.config))))


def _missing(draw: st.DrawFn, cluster: Cluster, spot: Spot) -> str:
    cluster.cluster_configs.get(spot.target, {}).pop(spot.config.name, None)
    return values_path(cluster, spot.target, spot.config.name)


RULES: Final[tuple[Rule[Any], ...]] = (
    Rule("UNKNOWN_PROCESS", "UNKNOWN_PROCESS", _everywhere, _unknown_process),
    Rule("PROCESS_TWICE", "DUPLICATE_PROCESS", _with_processes, _process_twice),
    Rule("NEGATIVE_COUNT", "OUT_OF_RANGE", _everywhere, _negative_count),
    Rule("SAME_NAME", "DUPLICATE_NODE_GROUP", _everywhere, _same_name),
    Rule("NAME_OF_NO_HOST", "INVALID_NAME", _everywhere, _name_of_no_host),
    Rule("VOLUMES_WITHOUT_SIZE", "VOLUMES_WITHOUT_SIZE", _everywhere, _volumes_without_size),
    Rule("MORE_READY_THAN_THERE_ARE", "OUT_OF_RANGE", _everywhere, _more_ready_than_there_are),
    Rule("NO_NODE_GROUPS", "NO_NODE_GROUPS", _once, _no_node_groups),
    Rule("NO_INSTANCES", "NO_INSTANCES", _once, _no_instances),
    Rule("UNKNOWN_TARGET", "UNKNOWN_TARGET", _once, _unknown_target),
    Rule("UNKNOWN_CONFIG", "UNKNOWN_CONFIG", _once, _unknown_config),
    Rule("OTHER_TARGET", "UNKNOWN_CONFIG", _of_another_target, _allowed_value),
    Rule("OTHER_SCOPE", "WRONG_SCOPE", _of_the_cluster, _allowed_value),
    Rule("SERVICE_NOT_USED", "SERVICE_NOT_USED", _of_no_service, _for_an_unused_service),
    Rule("WRONG_TYPE", "INVALID_CONFIG_VALUE", _configs, _wrong_type),
    Rule("OUT_OF_BOUNDS", "INVALID_CONFIG_VALUE", _limited, _out_of_bounds),
    Rule("CONFIG_MISSING", "MISSING_CONFIG", _demanded, _missing),
)
"""The rules, what is simple to see first."""
