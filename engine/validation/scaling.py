"""What must hold before a cluster is scaled: every error at once, before anything is touched."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import suggestion
from serai.engine.naming import HOST_NAME_LENGTH, longest_instance_name
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.engine.recommending import foretell, recommend
from serai.engine.validation.asking import Question, ask, unique
from serai.engine.validation.groups import count_in_range
from serai.engine.validation.recommendations import check_recommendations
from serai.hookspec.cluster import Cluster, ClusterStatus, NodeGroup
from serai.hookspec.configs import ValidationError

GROWTH: Final = "scale_cluster"
SHRINKING: Final = "decommission_nodes"


def validate_scaling(
    cluster: Cluster, stack: Stack, counts: Mapping[str, int], provider: Provider | None = None
) -> list[ValidationError]:
    """Everything that is wrong with scaling a cluster; a path is the name of a node group in the request.

    Args:
        cluster: the cluster as it is.
        stack: its plugins.
        counts: how many instances node groups shall have; those not named stay as they are.
        provider: asked too whether it has room, if given.

    Raises:
        SeraiError: a plugin has a defect, and nothing is wrong that could explain it.
    """
    faults = list(_faults(cluster, stack, counts))
    errors = [fault.to_error() for fault in faults]
    wanted = _wanted(cluster, counts)
    if not wanted:
        return errors
    questions: list[Question] = [lambda: stack.validate_scaling(cluster, wanted, {})]
    if provider is not None:
        questions.insert(0, lambda: _foresee(cluster, stack, wanted, provider))
        questions.append(lambda: provider.validate_infrastructure(scaled(cluster, wanted)))
    return [*errors, *unique(ask(questions, doubtful=bool(errors)))]


def _foresee(cluster: Cluster, stack: Stack, counts: Mapping[str, int], provider: Provider) -> None:
    """Let plugins judge by the facts and recommendations that will hold once the cluster is scaled."""
    target = scaled(cluster, counts)
    recommend(target, stack, provider, scaling=True)
    check_recommendations(target, stack.get_configs())
    foretell(cluster, provider)
    cluster.recommendations = target.recommendations


def scaled(cluster: Cluster, counts: Mapping[str, int]) -> Cluster:
    """A copy of a cluster as it is to be, its machines those that now are."""
    node_groups = [
        evolve(
            group,
            count=counts.get(group.name, group.count),
            instances=[evolve(each) for each in group.instances],
            quarantined=[evolve(each) for each in group.quarantined],
        )
        for group in cluster.node_groups
    ]
    return evolve(cluster, node_groups=node_groups)


def _faults(cluster: Cluster, stack: Stack, counts: Mapping[str, Any]) -> Iterator[Fault]:
    groups = {group.name: group for group in cluster.node_groups}
    for name, count in counts.items():
        if name not in groups:
            message = f"cluster {cluster.name!r} has no node group {name!r}"
            yield Fault((name,), Code.UNKNOWN_NODE_GROUP, message, suggestion(name, groups))
        elif type(count) is not int:
            yield Fault((name,), Code.WRONG_TYPE, f"must be an integer (got {count!r})")
        else:
            yield from _group_faults(cluster, stack, groups[name], count)
    is_at_rest = cluster.status is not ClusterStatus.ERROR  # else there is an end to reach, also with the same counts
    if is_at_rest and all(name in groups and is_as_wanted(groups[name], count) for name, count in counts.items()):
        message = "nothing would change" if counts else "no node group is named"
        hint = f"now: {', '.join(f'{name}={len(group.instances)}' for name, group in groups.items())}"
        yield Fault((), Code.NOTHING_TO_SCALE, message, hint)


def _group_faults(cluster: Cluster, stack: Stack, group: NodeGroup, count: int) -> Iterator[Fault]:
    path = (group.name,)
    present = len(group.instances)
    yield from count_in_range(path, count)
    if group.min_ready is not None and 0 <= count < group.min_ready:
        yield Fault(path, Code.OUT_OF_RANGE, f"must be at least {group.min_ready}, its min_ready (got {count})")
    longest = longest_instance_name(cluster.name, group.name, count)
    if len(longest) > HOST_NAME_LENGTH:
        yield Fault(path, Code.HOST_NAME_TOO_LONG, f"would give instances names like {longest!r}")
    for hook, is_needed, verb in ((GROWTH, count > present, "grow"), (SHRINKING, 0 <= count < present, "shrink")):
        if is_needed and not stack.implements(hook):
            message = f"cannot {verb} from {present} to {count}: plugin {stack.name!r} does not implement {hook}"
            hint = "make a new cluster of the size you need"
            yield Fault(path, Code.SCALING_UNSUPPORTED, message, hint)


def is_as_wanted(group: NodeGroup, count: Any) -> bool:
    """Whether a group has as many instances as are asked for; one that lost some is not as it was wanted, nor is one
    with machines to give back."""
    return type(count) is int and count == group.count == len(group.instances) and not group.quarantined


def _wanted(cluster: Cluster, counts: Mapping[str, Any]) -> dict[str, int]:
    """The counts that plugins can be asked about: of groups that exist, and possible."""
    groups = {group.name: group for group in cluster.node_groups}
    return {
        name: count
        for name, count in counts.items()
        if name in groups
        and type(count) is int
        and not list(count_in_range((name,), count))
        and not is_as_wanted(groups[name], count)
    }
