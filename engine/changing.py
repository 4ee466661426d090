"""What changes between two states of a cluster. Pure: touches nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from serai.engine.drafting import copied
from serai.hookspec.changes import ValueChange
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import SERVICE_PREFIX, Config, Recommendation, Scope, UpdatePolicy

CLUSTER_FIELDS: Final = ("cluster_configs", "use_autoconfig", "description", "is_protected")
GROUP_FIELDS: Final = ("node_configs", "use_autoconfig", "min_ready")
"""What a user may give another value on a running cluster; counts are changed by scaling, and the rest stays."""

Services = Mapping[str, Sequence[str]]
"""Processes by service, in the order they start."""

PolicyOf = Callable[[Cluster, Config, Any, Any], UpdatePolicy]
"""Tells what a change of a config from one value to another takes on a cluster."""

_STEPPED: Final = (UpdatePolicy.RELOAD, UpdatePolicy.ROLLING, UpdatePolicy.RESTART)


# What was given


def given(cluster: Cluster) -> dict[str, Any]:
    """What a user gave a cluster and may change, JSON-compatible but for secrets."""
    return {
        **{name: copied(getattr(cluster, name)) for name in CLUSTER_FIELDS},
        "node_groups": {
            group.name: {name: copied(getattr(group, name)) for name in GROUP_FIELDS} for group in cluster.node_groups
        },
    }


def give(cluster: Cluster, values: Mapping[str, Any]) -> None:
    """Give a cluster what :func:`given` told of another; groups it does not tell of stay as they are."""
    for name in CLUSTER_FIELDS:
        setattr(cluster, name, copied(values[name]))
    for group in cluster.node_groups:
        for name, value in values["node_groups"].get(group.name, {}).items():
            setattr(group, name, copied(value))


def remembered(cluster: Cluster) -> dict[str, Any]:
    """All that the values in force follow from, JSON-compatible but for secrets: what was given and recommended; and
    the names of the instances that have them."""
    fields = ("target", "name", "value", "node_group", "reason")
    advice = [{name: getattr(each, name) for name in fields} for each in cluster.recommendations]
    names = [instance.instance_name for instance in cluster.instances]
    return {"values": given(cluster), "recommendations": advice, "instances": names}


def recall(cluster: Cluster, memory: Mapping[str, Any]) -> None:
    """Put the values of a cluster back to what :func:`remembered` told, and take out the instances it did not have."""
    give(cluster, memory["values"])
    cluster.recommendations = tuple(Recommendation(**each) for each in memory["recommendations"])
    if "instances" in memory:
        for group in cluster.node_groups:
            group.instances = [each for each in group.instances if each.instance_name in memory["instances"]]


# What differs


def differences(
    befores: Sequence[Cluster], after: Cluster, configs: Sequence[Config], services: Services, policy_of: PolicyOf
) -> tuple[ValueChange, ...]:
    """Every value in force that differs between two states of a cluster, once.

    Args:
        befores: the cluster as it is; where changes before this one were not finished, as it was before them too: then
            some processes have those values, and a value changes when it differs from any of them.
        after: the same as it is to be; it has the same node groups.
        configs: the configs of its stack.
        services: the processes of its stack.
        policy_of: what each change takes.
    """
    return tuple(
        ValueChange(config, old, new, groups, policy, _touched(config, policy, after, groups, services))
        for config in configs
        for old, new, groups in _differing(config, befores, after, services)
        for policy in (policy_of(after, config, old, new),)
    )


def _differing(
    config: Config, befores: Sequence[Cluster], after: Cluster, services: Services
) -> Iterator[tuple[Any, Any, list[str]]]:
    """Old value, new value, and the groups that change from the one to the other."""
    concerned = [group for group in after.node_groups if _concerns(config, group, befores, services)]
    if config.scope is Scope.CLUSTER:
        old, new = _former(config, befores, after), after.value(config)
        if old != new:
            yield old, new, [group.name for group in concerned]
        return
    found: list[tuple[Any, Any, list[str]]] = []
    for group in concerned:
        old, new = _former(config, [each.node_group(group.name) for each in befores], group), group.value(config)
        alike = next((names for one, other, names in found if one == old and other == new), None)
        if alike is not None:
            alike.append(group.name)
        elif old != new:
            found.append((old, new, [group.name]))
    yield from found


def _former(config: Config, befores: Sequence[Cluster | NodeGroup], after: Cluster | NodeGroup) -> Any:
    """The first former value that differs from the new one, else that one."""
    new = after.value(config)
    return next((old for each in befores if (old := each.value(config)) != new), new)


def _concerns(config: Config, group: NodeGroup, befores: Sequence[Cluster], services: Services) -> bool:
    """Whether a config matters to a group: it runs something the config applies to, or was given a value of its own."""
    processes = _processes_of(config, services)
    if not processes or not set(processes).isdisjoint(group.node_processes):
        return True
    states = (group, *(each.node_group(group.name) for each in befores))
    return any(config.name in each.node_configs.get(config.applicable_target, {}) for each in states)


def _processes_of(config: Config, services: Services) -> Sequence[str]:
    """The processes of the service that a config applies to; all there are for ``general``."""
    if config.applicable_target.startswith(SERVICE_PREFIX):
        return services.get(config.applicable_target.removeprefix(SERVICE_PREFIX), ())
    return [process for processes in services.values() for process in processes]


def _touched(
    config: Config, policy: UpdatePolicy, cluster: Cluster, groups: Sequence[str], services: Services
) -> list[str]:
    """The processes that a change is noticed by, of those that run in its groups."""
    running = {process for name in groups for process in cluster.node_group(name).node_processes}
    if policy is UpdatePolicy.REPLACE:
        return [process for processes in services.values() for process in processes if process in running]
    if policy not in _STEPPED:
        return []
    listed = config.update_processes or _processes_of(config, services)
    return [process for process in listed if process in running]
