"""What changes between two states of a cluster, whatever they are."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.changing import differences, give, recall, remembered
from serai.engine.changing import given as given_to
from serai.engine.stepping import at_a_time, steps_to
from serai.hookspec.changes import ValueChange
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.configs import Config, Recommendation, Scope, UpdatePolicy
from serai.hookspec.testing.strategies import Offer, clusters, configs, values_for

PROCESSES = {"Example": ["leader", "worker"], "Other": ["helper"], "Client": []}
TARGETS = ("general", "service:Example", "service:Other", "service:Client")


@st.composite
def states(draw: st.DrawFn) -> tuple[list[Config], Cluster, Cluster]:
    """Configs, and a cluster before and after: the same groups with other values, recommended ones too."""
    some = draw(st.lists(configs(TARGETS), max_size=6, unique_by=lambda config: config.key))
    before = draw(clusters(Offer("example", "1", some, PROCESSES), valid=None))
    for group in before.node_groups:
        for number in range(group.count):
            group.add_instance(Instance(instance_name=f"{group.name}-{number}"))
    after = deepcopy(before)
    for cluster in (before, after):
        for group in cluster.node_groups:
            own = [config for config in some if config.scope is Scope.NODE]
            group.node_configs = draw(_some_values(own))
            group.use_autoconfig = draw(st.booleans())
        cluster.cluster_configs = draw(_some_values(some))
        cluster.recommendations = draw(_some_recommendations(some, cluster))
        cluster.bind_configs(some)
    return some, before, after


@st.composite
def _some_values(draw: st.DrawFn, some: list[Config]) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for config in some:
        if draw(st.booleans()):
            values.setdefault(config.applicable_target, {})[config.name] = draw(values_for(config))
    return values


@st.composite
def _some_recommendations(draw: st.DrawFn, some: list[Config], cluster: Cluster) -> list[Recommendation]:
    places = [None, *(group.name for group in cluster.node_groups)]
    return [
        Recommendation(*config.key, draw(values_for(config)), place)
        for config in some
        for place in places
        if draw(st.booleans())
    ]


def policy_of(cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy:
    """The config's own."""
    return config.update_policy


def found(state: tuple[list[Config], Cluster, Cluster]) -> tuple[ValueChange, ...]:
    """The differences of a state."""
    some, before, after = state
    return differences([before], after, some, PROCESSES, policy_of)


@given(states())
def test_equal_states_do_not_differ(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """Whatever they are."""
    some, before, after = state
    for cluster in (before, after):
        assert differences([cluster], deepcopy(cluster), some, PROCESSES, policy_of) == ()


@given(states())
def test_what_was_applied_differs_no_more(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """Giving what was wanted, with what is recommended for it, leaves nothing to change."""
    some, before, after = state
    recall(before, remembered(after))
    assert differences([before], after, some, PROCESSES, policy_of) == ()
    assert steps_to((), after, PROCESSES) == ()


@given(states())
def test_every_value_that_differs_is_told_once(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """For each group it concerns, with the values of both sides; and nothing else is told."""
    some, before, after = state
    told: dict[tuple[Any, ...], tuple[Any, Any]] = {}
    for change in found(state):
        assert change.old != change.new
        if change.config.scope is Scope.CLUSTER:
            places: list[str | None] = [None]
        else:
            places = list(change.node_groups)
            assert places
        for place in places:
            key = (*change.config.key, place)
            assert key not in told
            told[key] = (change.old, change.new)
    for config in some:
        for place in [None] if config.scope is Scope.CLUSTER else [group.name for group in after.node_groups]:
            one, other = (each if place is None else each.node_group(place) for each in (before, after))
            old, new = one.value(config), other.value(config)
            is_told = (*config.key, place) in told
            if is_told:
                assert told[*config.key, place] == (old, new)
            elif old != new:  # only where the group has nothing to do with it
                assert place is not None
                assert not _concerns(config, after.node_group(place), before)


def _concerns(config: Config, group: Any, before: Cluster) -> bool:
    service = config.applicable_target.removeprefix("service:")
    runs = PROCESSES.get(service, []) if service != "general" else [p for named in PROCESSES.values() for p in named]
    given_values = (group.node_configs, before.node_group(group.name).node_configs)
    is_given = any(config.name in values.get(config.applicable_target, {}) for values in given_values)
    return not runs or bool(set(runs) & set(group.node_processes)) or is_given


@given(states())
def test_what_was_not_finished_is_not_forgotten(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """A value that differs from one of the former states changes, though the other has it already."""
    some, before, after = state
    keys = {(change.config.key, name) for change in found(state) for name in change.node_groups}
    both = differences([deepcopy(after), before], after, some, PROCESSES, policy_of)
    assert {(change.config.key, name) for change in both for name in change.node_groups} == keys


@given(states())
def test_steps_touch_what_must_take_notice_once(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """Each process of an instance in one step at most, in the strongest way that a change asks for, and no other."""
    _, _, after = state
    changes = found(state)
    steps = steps_to(changes, after, PROCESSES)
    is_written = any(change.policy is not UpdatePolicy.REPLACE for change in changes)
    assert [step.policy for step in steps].count(UpdatePolicy.LIVE) == is_written
    assert not is_written or steps[0].policy is UpdatePolicy.LIVE
    touched = [
        ((process, name), step.policy)
        for step in steps
        if step.policy is not UpdatePolicy.REPLACE
        for process, names in step.processes.items()
        for name in names
    ]
    assert len(dict(touched)) == len(touched)
    leaving = {name for step in steps if step.policy is UpdatePolicy.REPLACE for name in step.instances}
    wanted: dict[tuple[str, str], UpdatePolicy] = {}
    for change in (change for change in changes if change.policy is not UpdatePolicy.REPLACE):
        for group in map(after.node_group, change.node_groups):
            for process in set(change.processes) & set(group.node_processes):
                for instance in group.instances:
                    key = (process, instance.instance_name)
                    wanted[key] = max(wanted.get(key, change.policy), change.policy, key=lambda each: each.severity)
    at_once = {UpdatePolicy.RESTART}
    assert dict(touched) == {key: way for key, way in wanted.items() if key[1] not in leaving or way in at_once}


@given(states())
def test_machines_are_replaced_once_and_last(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """All of the groups whose machines were made with another value, and of one group at a time."""
    _, _, after = state
    changes = found(state)
    steps = steps_to(changes, after, PROCESSES)
    policies = [step.policy for step in steps]
    first = policies.index(UpdatePolicy.REPLACE) if UpdatePolicy.REPLACE in policies else len(steps)
    assert set(policies[first:]) <= {UpdatePolicy.REPLACE}
    names = [name for step in steps[first:] for name in step.instances]
    concerned = {name for each in changes if each.policy is UpdatePolicy.REPLACE for name in each.node_groups}
    replaced = [each.instance_name for name in concerned for each in after.node_group(name).instances]
    assert sorted(names) == sorted(replaced)
    groups = {each.instance_name: each.node_group.name for each in after.instances}
    assert all(len({groups[name] for name in step.instances}) == 1 for step in steps[first:])


@given(states())
def test_what_was_made_with_the_new_values_stays(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """Going back after a change that was not finished replaces those alone that were made in it."""
    _, before, after = state
    began = deepcopy(after)
    for group in began.node_groups:
        group.instances = group.instances[:-1]
    recall(began, {**remembered(after), "instances": [each.instance_name for each in began.instances]})
    now = deepcopy(before)  # the values of the change; the last machine of each group was made with them
    some = [each.config for each in found(state)]
    began.bind_configs(some)
    changes = differences([now, began], after, some, PROCESSES, policy_of)
    replaced = {
        name
        for step in steps_to(changes, after, PROCESSES, [now, began])
        if step.policy is UpdatePolicy.REPLACE
        for name in step.instances
    }
    there_before = {each.instance_name for each in began.instances}
    assert not replaced & there_before


@given(states())
def test_turns_leave_others_at_work(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """A step of turns touches one process, on at most a tenth of those that take turns, or on one."""
    _, _, after = state
    rolling = [step for step in steps_to(found(state), after, PROCESSES) if step.policy is UpdatePolicy.ROLLING]
    for step in rolling:
        ((process, names),) = step.processes.items()
        total = sum(len(each.processes.get(process, ())) for each in rolling)
        assert 1 <= len(names) <= at_a_time(total)


@given(st.integers(1, 10_000))
def test_turns_are_few(count: int) -> None:
    """Nineteen at most, however many there are."""
    assert 1 <= at_a_time(count) <= max(1, count // 10)
    assert -(-count // at_a_time(count)) <= 19


@given(states())
def test_what_was_given_can_be_given_again(state: tuple[list[Config], Cluster, Cluster]) -> None:
    """And nothing is shared between both clusters."""
    _, before, after = state
    give(before, given_to(after))
    kept = given_to(after)
    for group in after.node_groups:
        group.node_configs.clear()
    after.cluster_configs.clear()
    assert given_to(before) == kept
