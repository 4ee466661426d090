"""What is recommended for Hadoop, whatever the machines: never more than there is, never less for more, and valid."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop import formulas
from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.containers import heap_in
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.settings import HEAPS
from serai.builtin_plugins.hadoop.validation import cluster_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

MEMORY = st.integers(1, 400_000)
CPUS = st.integers(1, 128)
HEAP_NAMES = {config.name: process for process, config in HEAPS.items()}
NODEMANAGER = "yarn.nodemanager.resource.memory-mb"
LEAST = "yarn.scheduler.minimum-allocation-mb"
LARGEST = "yarn.scheduler.maximum-allocation-mb"
TASKS = {
    "mapreduce.map.memory.mb": "mapreduce.map.java.opts",
    "mapreduce.reduce.memory.mb": "mapreduce.reduce.java.opts",
    "yarn.app.mapreduce.am.resource.mb": "yarn.app.mapreduce.am.command-opts",
}


def advised(groups: list[NodeGroup], values: dict[str, dict[str, Any]] | None = None) -> Cluster:
    """A cluster whose recommendations are in force."""
    made = Cluster("demo", "hadoop", VERSIONS[0], groups, cluster_configs=values or {})
    made.bind_configs(configs(VERSIONS[0]))
    made.recommendations = tuple(recommendations(made))
    return made


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters that are right in shape, over a few machines of any size, shared or not; some sizes given."""
    machines = [
        Facts(machine_id=f"m{number}" if draw(st.booleans()) else "", cpus=draw(CPUS), memory_mb=memory)
        for number, memory in enumerate(draw(st.lists(MEMORY, min_size=1, max_size=3)))
    ]
    where = st.sampled_from(machines)
    kinds = st.sampled_from([["datanode", "nodemanager"], ["datanode"], ["nodemanager"], ["exporter", "nodemanager"]])
    groups = [
        NodeGroup("master", 1, ["namenode", "resourcemanager"], facts=draw(where)),
        NodeGroup("first", draw(st.integers(1, 5)), ["datanode", "nodemanager"], facts=draw(where)),
    ]
    for number in range(draw(st.integers(0, 2))):
        groups.append(NodeGroup(f"g{number}", draw(st.integers(0, 5)), draw(kinds), facts=draw(where)))
    for group in groups[1:]:
        if draw(st.integers(0, 3)) == 0:
            group.node_configs["service:YARN"] = {NODEMANAGER: draw(st.integers(256, 20_000))}
        if draw(st.integers(0, 3)) == 0:
            group.node_configs["service:HDFS"] = {"DataNode Heap Size": draw(st.integers(64, 4000))}
    values = {name: draw(st.integers(256, 4000)) for name in TASKS if draw(st.integers(0, 4)) == 0}
    yarn = {LARGEST: draw(st.integers(256, 9000))} if draw(st.integers(0, 3)) == 0 else {}
    own = {name: values.pop(name) for name in list(values) if name.startswith("mapreduce.")}
    return advised(groups, {"service:YARN": yarn, "service:MapReduce": {**own, **values}})


@given(MEMORY, MEMORY)
def test_what_a_system_leaves_grows_with_the_machine(one: int, other: int) -> None:
    """At the steps of the table too, and never by all of the machine."""
    small, large = sorted((one, other))
    assert 0 <= formulas.usable_memory(small) <= formulas.usable_memory(large) <= large
    assert large - 65_536 <= formulas.usable_memory(large) <= large - min(1024, large // 4)


@example(14_035, 1, 4, 3)  # where shares of daemons that are rounded leave less to NodeManagers
@given(st.integers(1000, 60_000) | MEMORY, st.integers(1, 9) | MEMORY, CPUS, st.integers(1, 6))
def test_more_memory_never_means_less(memory: int, more: int, cpus: int, sharing: int) -> None:
    """Of every heap and of every container, on machines that several instances share."""
    before, after = (sizes(each, cpus, sharing) for each in (memory, memory + more))
    assert before.keys() <= after.keys()
    assert {name: (size, after[name]) for name, size in before.items() if size > after[name]} == {}


def sizes(memory: int, cpus: int, sharing: int) -> dict[tuple[str | None, str], int]:
    """Every recommended size in a cluster of workers on such a machine."""
    facts = Facts(machine_id="m", cpus=cpus, memory_mb=memory)
    cluster = advised(
        [
            NodeGroup("master", 1, ["namenode", "resourcemanager", "historyserver"], facts=facts),
            NodeGroup("workers", sharing, ["datanode", "nodemanager"], facts=facts),
        ]
    )
    found = {}
    for each in cluster.recommendations:
        size = heap_in(each.value) if isinstance(each.value, str) else each.value
        assert isinstance(size, int)
        found[each.node_group, each.name] = size
    return found


@given(clusters())
def test_a_machine_never_hands_out_more_than_it_has(cluster: Cluster) -> None:
    """All heaps with what a JVM needs beside, and all containers, if any were recommended for them."""
    needed: dict[str, int] = {}
    recommended: set[str] = set()
    memory: dict[str, int] = {}
    for group in cluster.node_groups:
        assert group.facts is not None
        key, many = (group.facts.machine_id, group.count) if group.facts.machine_id else (group.name, 1)
        memory[key] = group.facts.memory_mb
        daemons = [process for process in group.node_processes if process in HEAPS]
        total = sum(group.value(HEAPS[process]) + formulas.JVM_OVERHEAD for process in daemons) if group.count else 0
        if "nodemanager" in daemons and group.count:
            for layers in (group.node_configs, cluster.recommended_values(group.name)):
                if NODEMANAGER in layers.get("service:YARN", {}):
                    total += layers["service:YARN"][NODEMANAGER]
                    if layers is not group.node_configs:
                        recommended.add(key)
                    break
        needed[key] = needed.get(key, 0) + total * many
    assert {key: needed[key] for key in recommended if needed[key] > memory[key]} == {}


@given(clusters())
def test_containers_fit_each_other_and_their_heaps(cluster: Cluster) -> None:
    """Least, largest, NodeManagers; and each JVM in its container, where the user did not say otherwise."""
    values = {each.name: each.value for each in cluster.recommendations if each.node_group is None}
    if LEAST not in values:
        return
    given_yarn, given_tasks = (cluster.cluster_configs[target] for target in ("service:YARN", "service:MapReduce"))
    largest = given_yarn.get(LARGEST, values.get(LARGEST))
    assert 0 < values[LEAST] <= largest
    for each in cluster.recommendations:
        if each.name == NODEMANAGER:
            assert values[LEAST] <= each.value
            assert LARGEST in given_yarn or each.value <= largest
    for memory, options in TASKS.items():
        container = given_tasks.get(memory, values.get(memory))
        assert memory in given_tasks or values[LEAST] <= container <= largest
        heap = heap_in(values[options])
        assert heap is not None
        assert 0 < heap < container
    assert values["mapreduce.task.io.sort.mb"] <= (heap_in(values["mapreduce.map.java.opts"]) or 0)


@given(clusters())
def test_nothing_is_recommended_over_what_the_user_gave(cluster: Cluster) -> None:
    """And everything tells why, fits a config of the version, and has a value it allows."""
    known = {config.key: config for config in configs(VERSIONS[0])}
    for each in cluster.recommendations:
        assert not known[each.target, each.name].problem_with(each.value)
        assert each.reason
        layers = [cluster.cluster_configs] + [g.node_configs for g in cluster.node_groups if g.name == each.node_group]
        assert not any(each.name in layer.get(each.target, {}) for layer in layers)


@given(MEMORY.filter(lambda memory: memory >= 1024), CPUS, st.integers(1, 9))
def test_what_is_recommended_is_valid(memory: int, cpus: int, workers: int) -> None:
    """From the smallest machine on that two daemons and a container fit in."""
    facts = Facts(cpus=cpus, memory_mb=memory)
    cluster = advised(
        [
            NodeGroup("master", 1, ["namenode", "resourcemanager"], facts=facts),
            NodeGroup("workers", workers, ["datanode", "nodemanager"], facts=facts),
        ]
    )
    assert [str(error) for error in cluster_problems(cluster)] == []


@given(clusters())
def test_without_recommendations_none_are_made(cluster: Cluster) -> None:
    """Neither for a cluster nor for a group that wants none."""
    for group in cluster.node_groups[1:]:
        group.use_autoconfig = False
    assert {each.node_group for each in recommendations(cluster)} <= {None, "master"}
    cluster.use_autoconfig = False
    assert recommendations(cluster) == []
