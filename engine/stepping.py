"""The steps in which new values come into force on a cluster that runs. Pure: touches nothing."""

from collections.abc import Container, Sequence
from typing import Any, Final

from serai.engine.changing import Services
from serai.hookspec.changes import Step, ValueChange
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config, Scope, UpdatePolicy


def steps_to(
    changes: Sequence[ValueChange],
    cluster: Cluster,
    services: Services,
    formers: Sequence[Cluster] = (),
    cramped: Container[str] = (),
) -> tuple[Step, ...]:
    """The way to new values; empty when there are none.

    First they are written down everywhere; then processes take notice of them: those that only read them anew, those
    that must be restarted at once, and those that may take turns; last, machines are replaced. A process that is
    touched in one way is not touched in a milder one, but for one that restarts with all others and is replaced later:
    until then it must work with those. Within a step processes come in the order they start, and so do the steps.

    Args:
        changes: what changes.
        cluster: the cluster.
        services: the processes of its stack.
        formers: the states that ``changes`` were found from; they tell which machines have which values.
        cramped: the node groups of which a machine must go before another one comes.
    """
    if not changes:
        return ()
    leaving = {
        group.name: [each.instance_name for each in group.instances if is_outdated(each, changes, formers)]
        for group in cluster.node_groups
    }
    policies = _strongest(changes, cluster, {name for names in leaving.values() for name in names})
    order = [process for processes in services.values() for process in processes]
    order += sorted({process for process, _ in policies} - set(order))

    def touched(policy: UpdatePolicy) -> dict[str, list[str]]:
        names = [instance.instance_name for instance in cluster.instances]
        found = {process: [name for name in names if policies.get((process, name)) is policy] for process in order}
        return {process: instances for process, instances in found.items() if instances}

    at_once = (Step(policy, touched(policy)) for policy in (UpdatePolicy.RELOAD, UpdatePolicy.RESTART))
    is_written = any(change.policy is not UpdatePolicy.REPLACE for change in changes)
    return (
        *([Step(UpdatePolicy.LIVE)] if is_written else []),
        *(step for step in at_once if step.processes),
        *(
            Step(UpdatePolicy.ROLLING, {process: batch})
            for process, instances in touched(UpdatePolicy.ROLLING).items()
            for batch in _batches(instances)
        ),
        *(
            Step(UpdatePolicy.REPLACE, dict.fromkeys(_ordered(group, order), batch), batch, group.name in cramped)
            for group in cluster.node_groups
            for batch in _batches(leaving[group.name])
        ),
    )


def is_outdated(instance: Instance, changes: Sequence[ValueChange], formers: Sequence[Cluster]) -> bool:
    """Whether an instance was made with a value that holds for as long as it does, and that changes.

    Args:
        instance: which.
        changes: what changes.
        formers: the states that ``changes`` were found from, the newest first.
    """
    group = instance.node_group.name
    made_in = next((former for former in reversed(formers) if _has(former, group, instance.instance_name)), None)
    return any(
        change.policy is UpdatePolicy.REPLACE
        and group in change.node_groups
        and (made_in is None or _value_in(made_in, group, change.config) != change.new)
        for change in changes
    )


def _has(cluster: Cluster, group: str, name: str) -> bool:
    return any(each.instance_name == name for each in cluster.node_group(group).instances)


def _value_in(cluster: Cluster, group: str, config: Config) -> Any:
    holder = cluster if config.scope is Scope.CLUSTER else cluster.node_group(group)
    return holder.value(config)


def _ordered(group: NodeGroup, order: Sequence[str]) -> list[str]:
    """The processes of a group, in the order they start."""
    return sorted(group.node_processes, key=lambda process: order.index(process) if process in order else len(order))


def _strongest(
    changes: Sequence[ValueChange], cluster: Cluster, leaving: Container[str]
) -> dict[tuple[str, str], UpdatePolicy]:
    """By process and instance, what disturbs it most of all it has to take notice of, while its instance is there."""
    policies: dict[tuple[str, str], UpdatePolicy] = {}
    for change in changes:
        for group in map(cluster.node_group, change.node_groups):
            for process in set(change.processes) & set(group.node_processes):
                for instance in group.instances:
                    key = (process, instance.instance_name)
                    policies[key] = max(policies.get(key, change.policy), change.policy, key=_while_it_is_there)
    return {
        (process, name): policy
        for (process, name), policy in policies.items()
        if name not in leaving or policy is UpdatePolicy.RESTART
    }


def _while_it_is_there(policy: UpdatePolicy) -> int:
    return -1 if policy is UpdatePolicy.REPLACE else policy.severity


def at_a_time(count: int) -> int:
    """How many of so many processes are restarted at a time: a tenth, so that what is left can carry the load."""
    return max(1, count // 10)


def _batches(instances: Sequence[str]) -> list[Sequence[str]]:
    size = at_a_time(len(instances))
    return [instances[start : start + size] for start in range(0, len(instances), size)]


_DOING: Final = {
    UpdatePolicy.RELOAD: "reload",
    UpdatePolicy.RESTART: "restart",
    UpdatePolicy.ROLLING: "restart",
}
_NAMED: Final = 3


def title(step: Step) -> str:
    """What a step does, in words: the same in plans, events and errors."""
    if step.policy is UpdatePolicy.REPLACE:
        return _replacement(step)
    if not step.processes:
        return "write the new values"
    parts = (f"{process} on {_names(instances)}" for process, instances in step.processes.items())
    return f"{_DOING[step.policy]} {'; '.join(parts)}"


def _replacement(step: Step) -> str:
    new = "another machine" if len(step.instances) == 1 else f"{len(step.instances)} other machines"
    old = _names(step.instances)
    return f"drain and remove {old}, then make {new}" if step.goes_first else f"make {new}, then drain and remove {old}"


def _names(instances: Sequence[str]) -> str:
    named, more = instances[:_NAMED], len(instances) - _NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
