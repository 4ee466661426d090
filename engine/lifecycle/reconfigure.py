"""Changing the values of a cluster that runs, step by step; and its counts with them, where both are to change.

What leaves is drained first, with the values it runs with; then the values change; what comes is made last, with the
new ones. So nothing is restarted only to leave, or started only to be restarted.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from serai.engine import health
from serai.engine.changing import differences, give, recall
from serai.engine.lifecycle import phases, scale
from serai.engine.lifecycle.quorum import with_quorum
from serai.engine.lifecycle.replace import replace, settle
from serai.engine.operations.events import utc_now
from serai.engine.operations.work import Lifecycle, Phase, Work
from serai.engine.recommending import recommend
from serai.engine.stepping import title
from serai.engine.validation.scaling import scaled
from serai.hookspec.changes import Changes, Step, ValueChange
from serai.hookspec.cluster import Cluster, ClusterStatus
from serai.hookspec.configs import UpdatePolicy
from serai.hookspec.errors import DeadlineExceeded, SeraiError, WrongStatus
from serai.hookspec.health import HealthColor

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord

RECOVERY_SECONDS: Final = 60.0
"""How long checks may stay red after a step whose plugin says that all is well again."""


def validate(work: Work) -> None:
    """Have the plugins judge the cluster as it is to be. As yet it has the values that it was made with."""
    request = work.record.request
    target = scaled(work.cluster, request["counts"])
    give(target, request["values"])
    recommend(target, work.stack, work.provider, scaling=True)
    work.stack.validate(target)


def validate_both(work: Work) -> None:
    """The same, and take over the new counts."""
    validate(work)
    scale.validate(work)


def reconfigure(work: Work) -> None:
    """Give the cluster its new values, and take the steps that are left to bring them into force.

    A step is taken only when the one before left nothing red; one that fails is the last, and what it did not reach
    goes on as it was. What the values were before is remembered until all is done.
    """
    steps, state = planned_steps(work.record.request), work.record.state
    if "red" not in state:
        state["red"] = sorted(_red(work)) if any(step.processes for step in steps) else []
        work.save()
    give(work.cluster, work.record.request["values"])
    phases.recommended(work, scaling=True)
    work.save()
    settle(work, steps)
    for number in range(state.setdefault("done", 0), len(steps)):
        _take(work, steps, number)
        state["done"] = number + 1
        work.save()
    state.pop("before", None)


def _take(work: Work, steps: Sequence[Step], number: int) -> None:
    step, state = steps[number], work.record.state
    with _told(steps, number), work.run.step(f"{number + 1}/{len(steps)} {title(step)}"):
        if step.processes and "unsettled" not in state:
            state["unsettled"] = sorted(_red(work))
        if step.policy is UpdatePolicy.REPLACE:
            replace(work, step)
        else:
            work.stack.reconfigure_cluster(work.cluster, Changes(_values(work), tuple(steps), step), work.run)
        if step.processes:
            # until the last step there may be processes with former values, which checks seek by the new ones
            is_last = number == len(steps) - 1
            _demand_health(work, {*state["red"]} if is_last else {*state["red"], *state["unsettled"]})


def unfinished(cluster: Cluster, last: "OperationRecord") -> Sequence[Mapping[str, Any]]:
    """What a cluster was before each change that another one may take the place of; empty when counts alone are open.

    Args:
        cluster: the cluster.
        last: the last operation on it.

    Raises:
        WrongStatus: it is not at rest, and its last operation is no such change.
    """
    if cluster.status is ClusterStatus.ACTIVE or scale.is_open_scaling(last):
        return ()
    if last.kind in (RECONFIGURE.kind, RESHAPE.kind) and last.phase in _REPLACEABLE and last.status.is_final:
        memories: Sequence[Mapping[str, Any]] = last.state.get("before", ())
        return memories
    hint = f"see why: serai show {cluster.name}; go on: serai retry {cluster.name}"
    raise WrongStatus(
        f"cluster {cluster.name} is {cluster.status} and cannot be changed", place=cluster.name, hint=hint
    )


def planned_steps(request: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of a request, as :func:`as_request` wrote them."""
    return tuple(
        Step(UpdatePolicy(each["policy"]), each["processes"], each.get("instances", ()), each.get("goes_first", False))
        for each in request["steps"]
    )


def as_request(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps, JSON-compatible."""
    return [
        {
            "policy": step.policy.value,
            "processes": dict(step.processes),
            "instances": list(step.instances),
            "goes_first": step.goes_first,
        }
        for step in steps
    ]


def _values(work: Work) -> tuple[ValueChange, ...]:
    """What changes, from what is remembered of the cluster as it was."""
    stack = work.stack
    formers = []
    for memory in work.record.state["before"]:
        former = scaled(work.cluster, {})
        recall(former, memory)
        former.bind_configs(stack.get_configs())
        formers.append(former)
    return differences(formers, work.cluster, stack.get_configs(), stack.get_node_processes(), stack.get_update_policy)


@contextmanager
def _told(steps: Sequence[Step], number: int) -> Iterator[None]:
    """Add to an error which steps were done and which were not."""
    try:
        yield
    except SeraiError as error:
        error.details["done"] = [title(step) for step in steps[:number]] or "nothing"
        error.details["failed"] = title(steps[number])
        error.details["not begun"] = [title(step) for step in steps[number + 1 :]]
        raise


def _red(work: Work) -> dict[str, str]:
    """The plugins' checks that find something broken, with the reason."""
    report = health.examine(work.cluster.name, work.stack.get_health_checks(work.cluster), utc_now())
    return {check.name: check.reason for check in report.checks if check.color is HealthColor.RED}


def _demand_health(work: Work, tolerated: Set[str]) -> None:
    """Return when no check is red but for some."""
    found: dict[str, str] = {}

    def is_well() -> bool:
        found.clear()
        found.update((name, reason) for name, reason in _red(work).items() if name not in tolerated)
        return not found

    try:
        work.run.wait_until(is_well, what="health after the step", timeout=RECOVERY_SECONDS, interval=1.0)
    except DeadlineExceeded as error:
        told = "; ".join(f"{name}: {reason}" for name, reason in found.items())
        raise SeraiError(
            f"the step is done, and the cluster is not well: {told}",
            code="UNHEALTHY_AFTER_STEP",
            place=work.cluster.name,
            hint=f"see serai health {work.cluster.name}; then go on with serai retry, or apply the former document",
        ) from error


_RECONFIGURE: Final = Phase("reconfigure", ClusterStatus.CONFIGURING, reconfigure)

_REPLACEABLE: Final = ("", "validate", "decommission", _RECONFIGURE.name)
"""Phases after which a change that failed may be given up for another: that one is told what was asked for, and who was
disturbed."""

RECONFIGURE: Final = Lifecycle("reconfigure", (Phase("validate", ClusterStatus.VALIDATING, validate), _RECONFIGURE))

RESHAPE: Final = Lifecycle(
    "reshape",
    (
        Phase("validate", ClusterStatus.VALIDATING, validate_both),
        Phase("decommission", ClusterStatus.DECOMMISSIONING, scale.decommission),
        _RECONFIGURE,
        Phase("scale", ClusterStatus.SCALING, scale.spawn),
        Phase("wait", ClusterStatus.WAITING, with_quorum(phases.wait)),
        Phase("prepare", ClusterStatus.PREPARING, with_quorum(phases.prepare)),
        Phase("configure", ClusterStatus.CONFIGURING, with_quorum(scale.take_in)),
    ),
)
"""Values and counts: what leaves first, then the values, then what comes."""
