"""Checks of ``validate`` and ``validate_scaling``."""

from collections.abc import Callable, Iterator, Sequence

from attrs import evolve

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.testing.conformance.checks import NotApplicable, check
from serai.hookspec.testing.conformance.examples import falsified
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.worlds import shape
from serai.hookspec.testing.stage.documents import without_instances
from serai.hookspec.testing.strategies import NoValidTopology


def _complaints(ask: Callable[[], Sequence[ValidationError] | None]) -> Sequence[ValidationError]:
    """What is said against something, whether it is returned or raised. What crashes is raised on."""
    try:
        return tuple(ask() or ())
    except ValidationFailed as failure:
        return failure.errors
    except SeraiError as error:
        return (ValidationError(None, error.message, error.place, error.code, error.hint),)


def _against(subject: Subject, cluster: Cluster) -> Sequence[ValidationError]:
    return _complaints(lambda: subject.offers.validate(cluster))


def _codes(errors: Sequence[ValidationError]) -> list[str]:
    return sorted(error.code for error in errors)


@check(
    "validate-refuses",
    fix="raise InvalidCluster or ValidationFailed; values are of their type, counts, processes and facts are not known",
    needs=["recommendations", "config-defaults", "config-choices", "config-bounds", "config-targets"],
)
def validate_refuses(subject: Subject) -> Iterator[str]:
    """A cluster is accepted or refused with errors of Serai, whatever it is like."""
    subject.implements("validate")

    def wrong(cluster: Cluster) -> Iterator[str]:
        try:
            errors = _against(subject, cluster)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            yield f"validate raised {type(error).__name__}: {error}, of {shape(cluster)}"
            return
        for each in errors:
            if not each.code or not each.error_message:
                yield f"validate refuses {shape(cluster)} without a code or a message"

    yield from falsified(subject.clusters(valid=None), wrong, subject.examples)


@check("validate-deterministic", fix="look at nothing but the cluster", needs=["validate-refuses"])
def validate_deterministic(subject: Subject) -> Iterator[str]:
    """The same is said of the same cluster each time."""
    subject.implements("validate")

    def wrong(cluster: Cluster) -> Iterator[str]:
        first, second = _against(subject, cluster), _against(subject, cluster)
        if first != second:
            yield f"of {shape(cluster)} it says {_codes(first)}, then {_codes(second)}"

    yield from falsified(subject.clusters(valid=None), wrong, subject.examples)


@check("validate-order", fix="look at all node groups before you judge one", needs=["validate-deterministic"])
def validate_order(subject: Subject) -> Iterator[str]:
    """In which order node groups are written changes nothing."""
    subject.implements("validate")

    def wrong(cluster: Cluster) -> Iterator[str]:
        turned = without_instances(cluster)
        turned = evolve(turned, node_groups=turned.node_groups[::-1])
        before, after = set(_codes(_against(subject, cluster))), set(_codes(_against(subject, turned)))
        if before != after:
            yield f"of {shape(cluster)} it says {sorted(before)}, and with groups turned round {sorted(after)}"

    for example in _known(subject):
        for group in example.node_groups:
            with_empty = without_instances(example)
            yield from wrong(evolve(with_empty, node_groups=[*with_empty.node_groups, _empty_twin(group)]))
    yield from falsified(subject.clusters(valid=None), wrong, subject.examples)


def _known(subject: Subject) -> list[Cluster]:
    """Those that it accepts; that there are none is the finding of another check."""
    try:
        return subject.known
    except NoValidTopology:
        return []


def _empty_twin(group: NodeGroup) -> NodeGroup:
    """A group as another one, with no instance: who looks at the first of those with a process may see this one."""
    return evolve(group, name=f"{group.name}-empty", count=0, instances=[], quarantined=[])


@check(
    "validate-untouched",
    fix="return recommendations for configs; keep nothing before there is a cluster",
    needs=["validate-refuses"],
)
def validate_untouched(subject: Subject) -> Iterator[str]:
    """Looking at a cluster changes nothing of it."""

    def wrong(cluster: Cluster) -> Iterator[str]:
        before = without_instances(cluster)
        _against(subject, cluster)
        counts = {group.name: group.count + 1 for group in cluster.node_groups}
        _complaints(lambda: subject.offers.validate_scaling(cluster, counts, {}))
        subject.offers.recommend_configs(cluster, True)
        if cluster != before:
            yield f"{shape(before)} was changed"

    yield from falsified(subject.clusters(valid=None), wrong, subject.examples)


@check(
    "examples",
    fix="see which cluster is nearest and why it is refused; where you cannot make it simpler, tell topologies in your "
    "Testing",
    needs=["validate-deterministic", "processes"],
)
def examples(subject: Subject) -> Iterator[str]:
    """There is a cluster that it accepts, and one of each kind that its Testing tells."""
    refused = _against(subject, subject.smallest)
    if refused:
        yield f"{shape(subject.smallest)} is refused: {_codes(refused)}"
    for hint, nearest, errors in subject.refused_hints:
        yield f"of the topology {dict(hint)} nothing is accepted; of {shape(nearest)} it says {errors[0]}"


@check("validate-monotone", fix="refuse too few, never enough and more; or do not declare it", needs=["examples"])
def validate_monotone(subject: Subject) -> Iterator[str]:
    """More of the processes that are declared as monotone never make an accepted cluster a refused one."""
    if not subject.testing.monotone:
        raise NotApplicable("no process is declared as monotone")

    def wrong(cluster: Cluster) -> Iterator[str]:
        for index, group in enumerate(cluster.node_groups):
            if group.count and set(group.node_processes) <= set(subject.testing.monotone):
                larger = without_instances(cluster)
                larger.node_groups[index].count += 1
                if errors := _against(subject, larger):
                    yield f"{shape(cluster)} is accepted, and with one more in {group.name} {_codes(errors)}"

    for example in subject.known:
        yield from wrong(example)
    yield from falsified(subject.clusters(valid=True), wrong, subject.examples)


@check(
    "validate-scaling",
    fix="look at counts after the scaling; return errors, and none where nothing changes",
    needs=["examples"],
)
def validate_scaling(subject: Subject) -> Iterator[str]:
    """A scaling is accepted or refused with errors of Serai, and one that changes nothing is accepted."""
    subject.implements("validate_scaling")

    def wrong(cluster: Cluster) -> Iterator[str]:
        same = {group.name: group.count for group in cluster.node_groups}
        for existing in ({}, same):
            if errors := _scaled(subject, cluster, existing):
                yield f"{shape(cluster)} may not stay as it is: {_codes(errors)}"
        for group in cluster.node_groups:
            for count in (0, group.count + 1, 50):
                _scaled(subject, cluster, {group.name: count})

    yield from falsified(subject.clusters(valid=True), wrong, subject.examples)


def _scaled(subject: Subject, cluster: Cluster, existing: dict[str, int]) -> Sequence[ValidationError]:
    return _complaints(lambda: subject.offers.validate_scaling(cluster, existing, {}))
