"""What must hold before machines of a cluster are replaced: found before any of them is touched."""

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from serai.engine.documents.codes import Code
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.engine.stepping import at_a_time, is_outdated
from serai.engine.validation.scaling import GROWTH, SHRINKING, scaled
from serai.hookspec.changes import ValueChange
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.places import group_path

_HINT = "put the former value back, or make a new cluster under another name"


@frozen(eq=False)
class Verdict:
    """Whether machines can be replaced.

    Attributes:
        errors: why not.
        cramped: the node groups of which a machine must go before another one comes.
    """

    errors: Sequence[ValidationError] = ()
    cramped: frozenset[str] = frozenset()


def judged(
    cluster: Cluster, values: Sequence[ValueChange], formers: Sequence[Cluster], stack: Stack, provider: Provider
) -> Verdict:
    """Whether plugins and provider allow every replacement that a change takes.

    Each node group is as large as before when one of its steps is done; so each is judged by itself.

    Args:
        cluster: the cluster as it is to be, its instances those that stay.
        values: what changes.
        formers: the states that was found from.
        stack: the cluster's plugins.
        provider: where its machines come from.

    Raises:
        SeraiError: a plugin has a defect.
    """
    errors: list[ValidationError] = []
    cramped = []
    for group in cluster.node_groups:
        if leaving := [each for each in group.instances if is_outdated(each, values, formers)]:
            full, found = _problems(cluster, group, at_a_time(len(leaving)), stack, provider)
            errors += [evolve(each, path=group_path(group), hint=each.hint or _HINT) for each in found]
            cramped += [group.name] if full else []
    return Verdict(errors, frozenset(cramped))


def _problems(
    cluster: Cluster, group: NodeGroup, size: int, stack: Stack, provider: Provider
) -> tuple[bool, list[ValidationError]]:
    """Whether there is no room for more, and what keeps so many machines at a time from being replaced."""
    if unable := list(_missing_hooks(group, stack)):
        return False, unable
    count = len(group.instances)
    grown = _with_more(cluster, group.name, size)
    full = provider.validate_infrastructure(scaled(cluster, {group.name: count + size}))
    if not full:
        found = stack.validate_scaling(cluster, {group.name: count + size}, {})
        return False, _refused(group, found or stack.validate_scaling(grown, {group.name: count}, {}))
    found = stack.validate_scaling(cluster, {group.name: count - size}, {})
    return True, _refused(group, [*full, *found]) if found else []


def _missing_hooks(group: NodeGroup, stack: Stack) -> Iterator[ValidationError]:
    for hook in (GROWTH, SHRINKING):
        if not stack.implements(hook):
            message = f"machines of {group.name!r} cannot be replaced: plugin {stack.name!r} does not implement {hook}"
            yield ValidationError(error_message=message, code=str(Code.REPLACEMENT_UNSUPPORTED))


def _refused(group: NodeGroup, found: Sequence[ValidationError]) -> list[ValidationError]:
    """What plugins and provider say, as being about the replacement."""
    begin = f"machines of {group.name!r} cannot be replaced: "
    return [evolve(each, error_message=f"{begin}{each.error_message}") for each in found]


def _with_more(cluster: Cluster, name: str, more: int) -> Cluster:
    """A cluster as it is between the coming and the leaving."""
    grown = scaled(cluster, {name: len(cluster.node_group(name).instances) + more})
    group = grown.node_group(name)
    for number in range(1, more + 1):
        group.add_instance(Instance(instance_name=f"{cluster.name}-{name}-new-{number}"))
    return grown
