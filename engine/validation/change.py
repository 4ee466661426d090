"""What must hold before a document is applied to a cluster that runs: every error at once, nothing touched."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from serai.engine import desired
from serai.engine.changing import differences, give, given, recall
from serai.engine.documents.codes import Code
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Lend, Provider
from serai.engine.plugins.stack import Stack
from serai.engine.recommending import recommend
from serai.engine.redaction import discreet, holdings
from serai.engine.spec import ClusterSpec
from serai.engine.validation.asking import DEFECTS, Question, all_errors, ask, declared, unique
from serai.engine.validation.composition import compose
from serai.engine.validation.configs import secrets_in
from serai.engine.validation.context import Context
from serai.engine.validation.lasting import is_of_one_kind, lasting
from serai.engine.validation.recommendations import check_recommendations
from serai.engine.validation.repair import repaired
from serai.engine.validation.replacing import Verdict, judged
from serai.engine.validation.rules import broken
from serai.engine.validation.scaling import is_as_wanted, scaled, validate_scaling
from serai.hookspec.changes import ValueChange
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Scope, UpdatePolicy, ValidationError
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.places import config_path, group_path


@frozen(eq=False)
class Change:
    """What a valid document changes on a cluster.

    Attributes:
        before: the cluster as it is, but with the counts that are to be: what scaling alone would make of it.
        after: the cluster as it is to be.
        formers: ``before``, and the cluster as it was before changes that were not finished.
        counts: the node groups whose number of instances is to change.
        values: the values in force that differ between both.
        cramped: the node groups of which a machine must go before another one takes its place.
    """

    before: Cluster
    after: Cluster
    formers: tuple[Cluster, ...]
    counts: Mapping[str, int]
    values: tuple[ValueChange, ...]
    cramped: frozenset[str] = frozenset()


def staying(after: Cluster, counts: Mapping[str, int]) -> Cluster:
    """A cluster as it is to be, without the instances that leave before its values change."""
    rest = scaled(after, {})
    for name, count in counts.items():
        group = rest.node_group(name)
        leaving = desired.steps(count, desired.standing_of(group, rest.name)).leave
        group.instances = [instance for instance in group.instances if instance.instance_name not in leaving]
    return rest


def validated_change(
    spec: ClusterSpec,
    cluster: Cluster,
    catalog: Catalog,
    lend: Lend,
    unfinished: Sequence[Mapping[str, Any]] = (),
    open_counts: Collection[str] = (),
) -> Change:
    """What applying a spec to a cluster changes.

    Recommendations that only follow from other counts are no change of values: as with scaling, what runs keeps what it
    was started with.

    Args:
        spec: what the user asks for; its name is the cluster's.
        cluster: the cluster as it is.
        catalog: the plugins.
        lend: lends the provider what its hooks are called with.
        unfinished: what the cluster was before each change that was not finished, as of
            :func:`~serai.engine.changing.remembered`.
        open_counts: the node groups that a scaling was to change which was not finished.

    Raises:
        ValidationFailed: with everything that is wrong with the spec, or cannot change.
        SeraiError: a plugin has a defect, and nothing is wrong with the spec that could explain it.
    """
    spec = spec.checked()
    context = Context(spec, compose(spec, catalog), lambda name: False)
    with discreet(secrets_in(context), holdings(cluster)):
        return _validated(context, cluster, catalog, lend, unfinished, open_counts)


def _validated(
    context: Context,
    cluster: Cluster,
    catalog: Catalog,
    lend: Lend,
    unfinished: Sequence[Mapping[str, Any]],
    open_counts: Collection[str],
) -> Change:
    spec = context.spec
    faults = [*broken(context), *lasting(context, cluster)]
    doubtful, found = bool(faults or spec.problems), list[ValidationError]()
    stack = context.composition.stack
    change: Change | None = None
    if stack is not None and is_of_one_kind(spec, cluster):
        provider = lend(catalog.provider(cluster.infrastructure.get("provider", "")))
        wanted = repaired(context) if doubtful else spec.to_cluster(stack.get_configs())
        judge = _Judge(stack, provider, doubtful=doubtful)
        change = judge.change(cluster, wanted, unfinished, open_counts)
        found = judge.errors
    errors = all_errors(spec, faults, found)
    if errors or change is None:
        raise ValidationFailed(errors, what=f"changing cluster {cluster.name}")
    return change


class _Judge:
    """Finds what a valid spec changes, and what provider and plugins have against it.

    Args:
        stack: the cluster's plugins.
        provider: where its machines come from.
        doubtful: whether the spec is known to have faults.
    """

    def __init__(self, stack: Stack, provider: Provider, *, doubtful: bool) -> None:
        self._stack = stack
        self._provider = provider
        self._doubtful = doubtful
        self.errors: list[ValidationError] = []

    def change(
        self, cluster: Cluster, wanted: Cluster, unfinished: Sequence[Mapping[str, Any]], open_counts: Collection[str]
    ) -> Change:
        """What changes from a cluster to one that is wanted; :attr:`errors` are filled."""
        groups = {group.name: group for group in cluster.node_groups}
        known = [group for group in wanted.node_groups if group.name in groups]
        counts = {
            group.name: group.count
            for group in known
            if group.name in open_counts or not is_as_wanted(groups[group.name], group.count)
        }
        before, after, valued = (scaled(cluster, each) for each in (counts, counts, {}))
        for each in (after, valued):
            give(each, given(wanted))
        order = [group.name for group in known]  # errors tell places in the document
        after.node_groups.sort(key=lambda group: order.index(group.name) if group.name in order else len(order))
        foreseen = self._ask([lambda: self._recommend(before, after)])
        self._ask([lambda: self._stack.validate(after), lambda: declared(after, self._stack)])
        if counts:
            self._ask([lambda: self._scaling(valued, counts, after)])
        formers = (before, *(self._recalled(cluster, counts, memory) for memory in unfinished))
        values = self._differences(formers, after) if foreseen else ()
        rest = staying(after, counts)
        rest.bind_configs(self._stack.get_configs())
        verdict = Verdict()
        try:
            verdict = judged(rest, values, formers, self._stack, self._provider)
        except DEFECTS:
            if not self.errors:
                raise
        self.errors += unique(verdict.errors)
        return Change(before, after, formers, counts, values, verdict.cramped)

    def _ask(self, questions: Sequence[Question]) -> bool:
        found = unique(ask(questions, doubtful=self._doubtful or bool(self.errors)))
        self.errors += found
        return not found

    def _recommend(self, before: Cluster, after: Cluster) -> None:
        recommend(before, self._stack, self._provider, scaling=True)
        for group in after.node_groups:  # machines are looked at once
            group.facts = before.node_group(group.name).facts
        recommend(after, self._stack, None, scaling=True)
        check_recommendations(after, self._stack.get_configs())

    def _scaling(self, valued: Cluster, counts: Mapping[str, int], after: Cluster) -> Iterator[ValidationError]:
        """Errors of the scaling, whose places are names of node groups, at places in the document."""
        valued.bind_configs(self._stack.get_configs())
        for error in validate_scaling(valued, self._stack, counts, self._provider):
            if error.path in counts:
                error = evolve(error, path=f"{group_path(after.node_group(error.path))}.count")
            yield error

    def _recalled(self, cluster: Cluster, counts: Mapping[str, int], memory: Mapping[str, Any]) -> Cluster:
        former = scaled(cluster, counts)
        recall(former, memory)
        former.bind_configs(self._stack.get_configs())
        return former

    def _differences(self, formers: Sequence[Cluster], after: Cluster) -> tuple[ValueChange, ...]:
        stack = self._stack
        services = stack.get_node_processes()
        values = differences(formers, after, stack.get_configs(), services, stack.get_update_policy)
        self.errors += [error for change in values if (error := _refused(change, formers[0], after, stack))]
        return values


def _refused(change: ValueChange, before: Cluster, after: Cluster, stack: Stack) -> ValidationError | None:
    """Why a value cannot change on a cluster that runs; None when it can."""
    name = change.config.name
    match change.policy:
        case UpdatePolicy.IMMUTABLE:
            code, message = Code.IMMUTABLE_CONFIG, f"{name!r} cannot change on a cluster that runs"
        case UpdatePolicy.LIVE | UpdatePolicy.REPLACE:  # whether machines can be replaced is asked when all is known
            return None
        case _ if stack.reconfigures(change.config):
            return None
        case _:
            code = Code.RECONFIGURATION_UNSUPPORTED
            message = f"{name!r} needs processes to be touched, and its plugin does not implement reconfigure_cluster"
    hint = "put the former value back, or make a new cluster under another name"
    return ValidationError(change.config, message, _place(change, before, after), str(code), hint)


def _place(change: ValueChange, before: Cluster, after: Cluster) -> str:
    """Where in the document a value is given, or was before it was taken out."""
    config = change.config
    if config.scope is Scope.CLUSTER or not change.node_groups:
        return config_path(after, config)
    group = after.node_group(change.node_groups[0])
    path = config_path(group, config)
    was_for_all = config.name in before.cluster_configs.get(config.applicable_target, {})
    return config_path(after, config) if path == group_path(group) and was_for_all else path
