"""What applying a document to a running cluster would do, from the same values that doing it uses. Touches nothing."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from serai.engine.changing import CLUSTER_FIELDS, GROUP_FIELDS, given, remembered
from serai.engine.lifecycle.reconfigure import RECONFIGURE, RESHAPE, as_request, unfinished
from serai.engine.lifecycle.scale import SCALE, inherited, is_open_scaling
from serai.engine.operations.work import Lifecycle
from serai.engine.planning import PlannedPhase, ValueOrigin, reasons_of, value_origin
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Lend
from serai.engine.plugins.stack import Stack
from serai.engine.stepping import steps_to, title
from serai.engine.validation.change import Change, staying, validated_change
from serai.hookspec.changes import Changes, Step, ValueChange
from serai.hookspec.cluster import Cluster, ClusterStatus, NodeGroup
from serai.hookspec.configs import Config, Scope, UpdatePolicy
from serai.hookspec.errors import NotFound, SeraiError, ValidationFailed, WrongStatus
from serai.hookspec.secrets import MASK

if TYPE_CHECKING:
    from serai.engine.spec import ClusterSpec
    from serai.engine.store.records import OperationRecord


@frozen
class PlannedChange:
    """A value in force that would change.

    Attributes:
        target: the config's ``applicable_target``.
        name: the config's name.
        node_groups: the node groups for which it changes.
        old, new: the values; None for none, masked when they are secret.
        old_origin, new_origin: where they come from.
        reason: why the new one is recommended, where it is.
        policy: what it takes.
        processes: the processes that must take notice of it.
    """

    target: str
    name: str
    node_groups: tuple[str, ...]
    old: Any
    new: Any
    old_origin: ValueOrigin
    new_origin: ValueOrigin
    reason: str
    policy: UpdatePolicy
    processes: tuple[str, ...]


@frozen
class PlannedEdit:
    """Something else in the document that is kept, and that disturbs nothing.

    Attributes:
        path: where it is: ``description``, ``node_groups.workers.min_ready``.
        old, new: its values; None for none, masked when they are secret.
    """

    path: str
    old: Any
    new: Any


@frozen
class PlannedCount:
    """A node group whose number of instances would change.

    Attributes:
        node_group: its name.
        old: how many instances there are.
        new: how many there are to be.
        quarantined: how many would be given back that the cluster does without.
    """

    node_group: str
    old: int
    new: int
    quarantined: int = 0


@frozen
class PlannedStep:
    """One step of the way.

    Attributes:
        title: what it does, as its event says.
        policy: how.
        processes: names of instances by the process that is touched on them.
        unavailable: what cannot be used meanwhile: ``1 of 3 worker``; ``""`` for nothing.
    """

    title: str
    policy: UpdatePolicy
    processes: Mapping[str, tuple[str, ...]]
    unavailable: str


@frozen
class ChangePlan:
    """What applying a document would do.

    Attributes:
        name: the cluster.
        kind: the operation: ``reconfigure``, ``scale``, or ``reshape`` for both.
        values: the values in force that change.
        edits: what else is kept.
        counts: node groups that grow or shrink.
        steps: the way to the new values, in order.
        disruptions: what users lose or cannot do meanwhile, as the plugins say.
        phases: of the operation.
        mends: whether the last change failed, so that also one with no differences has an end to reach.
    """

    name: str
    kind: str
    values: tuple[PlannedChange, ...]
    edits: tuple[PlannedEdit, ...]
    counts: tuple[PlannedCount, ...]
    steps: tuple[PlannedStep, ...]
    disruptions: tuple[str, ...]
    phases: tuple[PlannedPhase, ...]
    mends: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be done."""
        return not (self.values or self.edits or self.counts or self.mends)

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-compatible data."""
        from serai.engine.serialization import make_converter

        data: dict[str, Any] = make_converter().unstructure(self)
        return {**data, "is_empty": self.is_empty}


@frozen(eq=False)
class Application:
    """A plan, and what the operation is asked that carries it out.

    Attributes:
        cluster: the cluster as it is.
        plan: the plan.
        request, state: what the operation's record begins with.
    """

    cluster: Cluster
    plan: ChangePlan
    request: dict[str, Any]
    state: dict[str, Any]

    def demand(self, plan: ChangePlan | None) -> None:
        """See that what would be done is what somebody agreed to; None agrees to anything.

        Raises:
            SeraiError: it is something else (code PLAN_OUTDATED).
        """
        if plan is not None and plan != self.plan:
            message = f"{self.plan.name} has changed since it was planned"
            raise SeraiError(message, code="PLAN_OUTDATED", place=self.plan.name, hint="look at the plan again")


def application(
    spec: "ClusterSpec", cluster: Cluster, last: "OperationRecord", catalog: Catalog, lend: Lend
) -> Application:
    """Tell what applying a document would do, and what its operation is asked.

    Args:
        spec: what the user asks for; its name is the cluster's.
        cluster: the cluster as it is.
        last: the last operation on it.
        catalog: the plugins.
        lend: lends the provider what its hooks are called with.

    Raises:
        ValidationFailed: with everything that is wrong with the document, or cannot change.
        WrongStatus: the last operation has not ended well, and is no change that another may take the place of; or it
            was a scaling, and the document changes values too (code SCALING_UNFINISHED).
    """
    memories = unfinished(cluster, last)
    is_at_rest = cluster.status is ClusterStatus.ACTIVE
    open_counts = () if is_at_rest or not is_open_scaling(last) else tuple(last.request["counts"])
    change = validated_change(spec, cluster, catalog, lend, memories, open_counts)
    if open_counts and change.values:
        raise _first_the_scaling(cluster)
    stack = catalog.stack(spec.plugin_name, spec.hadoop_version, spec.auxiliary_plugins)
    return _application(cluster, change, stack, {} if is_at_rest else inherited(last))


def _first_the_scaling(cluster: Cluster) -> WrongStatus:
    return WrongStatus(
        f"the last scaling of {cluster.name} failed: there may be machines without what the new values are for",
        code="SCALING_UNFINISHED",
        place=cluster.name,
        hint=f"finish it first: serai retry {cluster.name}, or apply the document with its former values",
    )


def not_there(spec: "ClusterSpec", error: NotFound) -> SeraiError:
    """What to say when there is no cluster of a document's name: how to make it, or what is wrong with the name."""
    if spec.problems:
        return ValidationFailed(spec.problems, what="the document")
    hint = "; ".join(filter(None, (error.hint, "to make it: serai up FILE")))
    return NotFound(error.message, code=error.code, place=error.place, hint=hint)


def _application(cluster: Cluster, change: Change, stack: Stack, state: dict[str, Any]) -> Application:
    services, rest = stack.get_node_processes(), staying(change.after, change.counts)
    steps = steps_to(change.values, rest, services, change.formers, change.cramped)
    if not stack.implements("reconfigure_cluster"):  # what changes is live, and is kept; or holds for new machines
        steps = tuple(step for step in steps if step.policy is UpdatePolicy.REPLACE)
    edits = tuple(_edits(change, stack))
    lifecycle = _lifecycle(change, edits)
    disruptions = stack.get_disruptions(rest, Changes(change.values, steps, steps[0])) if steps else []
    plan = ChangePlan(
        name=cluster.name,
        kind=lifecycle.kind,
        values=tuple(_planned_change(each, change) for each in change.values),
        edits=edits,
        counts=tuple(_counts(cluster, change)),
        steps=tuple(_planned_step(step, rest) for step in steps),
        disruptions=tuple(disruptions),
        phases=tuple(PlannedPhase(phase.name, phase.status.value) for phase in lifecycle.phases),
        mends=cluster.status is ClusterStatus.ERROR,
    )
    request: dict[str, Any] = {"counts": dict(change.counts)}
    if lifecycle is SCALE:
        return Application(cluster, plan, request, state)
    request |= {"values": given(change.after), "steps": as_request(steps)}
    return Application(cluster, plan, request, state | {"before": [remembered(former) for former in change.formers]})


def _lifecycle(change: Change, edits: tuple[PlannedEdit, ...]) -> Lifecycle:
    if not change.counts:
        return RECONFIGURE
    return RESHAPE if change.values or edits else SCALE


def _planned_change(change: ValueChange, whole: Change) -> PlannedChange:
    config = change.config
    former = next((each for each in whole.formers if _value(change, each) == change.old), whole.before)
    old_origin, _ = value_origin(_holder(change, former), config, {})
    new_origin, reason = value_origin(_holder(change, whole.after), config, reasons_of(whole.after))
    return PlannedChange(
        *config.key,
        change.node_groups,
        _shown(config, change.old),
        _shown(config, change.new),
        old_origin,
        new_origin,
        reason,
        change.policy,
        change.processes,
    )


def _holder(change: ValueChange, cluster: Cluster) -> Cluster | NodeGroup:
    """Whose value it is."""
    if change.config.scope is Scope.CLUSTER or not change.node_groups:
        return cluster
    return cluster.node_group(change.node_groups[0])


def _value(change: ValueChange, cluster: Cluster) -> Any:
    return _holder(change, cluster).value(change.config)


def _shown(config: Config, value: Any) -> Any:
    return MASK if config.is_secret and value is not None else value


def _edits(change: Change, stack: Stack) -> Iterator[PlannedEdit]:
    """What differs in what is given, but for values that change what is in force: those are told of as such."""
    configs = {config.key: config for config in stack.get_configs()}
    changed = {each.config.key for each in change.values}
    before, after = given(change.before), given(change.after)
    places: list[tuple[str, Any, Any, tuple[str, ...]]] = [("", before, after, CLUSTER_FIELDS)]
    places += [
        (f"node_groups.{name}.", values, after["node_groups"][name], GROUP_FIELDS)
        for name, values in before["node_groups"].items()
    ]
    for prefix, old, new, fields in places:
        for name in fields:
            if isinstance(old[name], dict):
                yield from _restated(f"{prefix}{name}", old[name], new[name], configs, changed)
            elif old[name] != new[name]:
                yield PlannedEdit(f"{prefix}{name}", old[name], new[name])


def _restated(
    path: str,
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    configs: Mapping[tuple[str, str], Config],
    changed: set[tuple[str, str]],
) -> Iterator[PlannedEdit]:
    """Values that are given, or given no more, and are in force before and after."""
    keys = dict.fromkeys((target, name) for values in (old, new) for target in values for name in values[target])
    for key in (key for key in keys if key not in changed and key in configs):
        target, name = key
        was, is_ = (values.get(target, {}).get(name) for values in (old, new))
        if was != is_:
            config = configs[key]
            yield PlannedEdit(f"{path}.{target}.{name}", _shown(config, was), _shown(config, is_))


def _counts(cluster: Cluster, change: Change) -> Iterator[PlannedCount]:
    for name, count in change.counts.items():
        group = cluster.node_group(name)
        yield PlannedCount(name, len(group.instances), count, len(group.quarantined))


def _planned_step(step: Step, cluster: Cluster) -> PlannedStep:
    away = (
        f"{len(instances)} of {len(cluster.instances_with(process))} {process}"
        for process, instances in step.processes.items()
    )
    is_felt = step.policy in (UpdatePolicy.ROLLING, UpdatePolicy.RESTART) or step.goes_first
    return PlannedStep(title(step), step.policy, step.processes, ", ".join(away) if is_felt else "")
