"""Recommended sizes, whatever the machines: never too much, never less for more, and always valid."""

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.recommendation import remember_sizes
from serai.builtin_plugins.spark.settings import CONFIGS, TARGET, WORKER_CORES, WORKER_MEMORY
from serai.builtin_plugins.spark.sizing import Tenants, executor_memory, worker_cores, worker_memory
from serai.builtin_plugins.spark.validation import cluster_problems, scaling_problems
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

MEMORY = st.integers(1, 2_000_000)
COUNT = st.integers(1, 40)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters of any layout over a few machines, some sizes given, recommendations in force."""
    machines = [
        Facts(machine_id=f"m{number}" if draw(st.booleans()) else "", cpus=draw(st.integers(1, 128)), memory_mb=memory)
        for number, memory in enumerate(draw(st.lists(MEMORY, min_size=1, max_size=3)))
    ]
    where = st.sampled_from(machines)
    processes = st.sampled_from([["worker"], ["worker"], ["worker", "exporter"], ["exporter"]])
    groups = [NodeGroup("master", 1, draw(st.sampled_from([["master"], ["master", "worker"]])), facts=draw(where))]
    for number in range(draw(st.integers(1, 3))):
        groups.append(NodeGroup(f"g{number}", draw(st.integers(0, 9)), draw(processes), facts=draw(where)))
        if draw(st.integers(0, 3)) == 0:
            groups[-1].node_configs[TARGET] = {"Worker memory": draw(st.integers(512, 5000))}
    made = Cluster("demo", "spark", "4.3.0", groups)
    made.bind_configs(CONFIGS)
    made.recommendations = tuple(SPARK.recommend_configs(made, False))
    return made


@given(MEMORY, MEMORY, COUNT, st.integers(0, 1), st.integers(0, 50_000))
def test_more_memory_never_means_less(one: int, other: int, sharing: int, masters: int, given_size: int) -> None:
    """For workers and for executors."""
    tenants = Tenants(sharing + 1, masters, sharing, given_size, 512, 1024)
    small, large = (worker_memory(size, tenants) or 0 for size in sorted((one, other)))
    assert small <= large
    assert executor_memory(small) <= executor_memory(large)


@given(MEMORY, st.integers(1, 128), COUNT, COUNT)
def test_more_workers_never_means_more(memory: int, cpus: int, one: int, other: int) -> None:
    """For each of them."""
    few, many = sorted((one, other))
    sizes = [worker_memory(memory, Tenants(count, 1, count, 0, 512, 1024)) or 0 for count in (few, many)]
    assert sizes[0] >= sizes[1]
    assert worker_cores(cpus, few) >= worker_cores(cpus, many) >= 1


@given(clusters())
def test_a_machine_is_never_given_out_beyond_what_it_has(cluster: Cluster) -> None:
    """Added over all recommended workers of all groups that share it; cores of each alone."""
    taken: dict[str, int] = {}
    for item in cluster.recommendations:
        if item.node_group is None:
            continue
        group = cluster.node_group(item.node_group)
        facts = group.facts
        assert facts is not None
        if item.name == WORKER_CORES.name:
            assert 1 <= item.value <= facts.cpus
        else:
            alone = not facts.machine_id
            key = group.name if alone else facts.machine_id
            taken[key] = taken.get(key, 0) + item.value * (1 if alone else group.count)
            assert taken[key] < facts.memory_mb


@given(clusters())
def test_an_executor_fits_every_worker_whose_size_is_known(cluster: Cluster) -> None:
    """Else it would never start there."""
    for item in cluster.recommendations:
        if item.node_group is None:
            known = [group.value(WORKER_MEMORY) for group in cluster.groups_with("worker")]
            assert all(size is None or size >= item.value >= 512 for size in known)


@given(clusters())
def test_what_is_recommended_is_valid(cluster: Cluster) -> None:
    """The only thing that can be wrong with it is a machine too small for all, or too much given by the user."""
    recommended = {item.node_group for item in cluster.recommendations if item.name == WORKER_MEMORY.name}
    workers = {group.name for group in cluster.groups_with("worker") if group.count}
    if workers and workers <= recommended:
        assert [str(error) for error in cluster_problems(cluster)] == []


@given(clusters(), st.data())
def test_scaling_never_enlarges_what_runs(cluster: Cluster, data: st.DataObject) -> None:
    """Through any number of scalings a group's recommended sizes never grow, and each accepted one is valid."""
    for group in cluster.groups_with("worker"):
        remember_sizes(group, all_new=True)
    for _ in range(3):
        before = {(item.node_group, item.name): item.value for item in cluster.recommendations if item.node_group}
        counts = {
            group.name: data.draw(st.integers(0, 12))
            for group in cluster.node_groups
            if "master" not in group.node_processes
        }
        if scaling_problems(cluster, counts, {}):
            continue
        for name, count in counts.items():
            cluster.node_group(name).count = count
        cluster.recommendations = tuple(SPARK.recommend_configs(cluster, True))
        after = {(item.node_group, item.name): item.value for item in cluster.recommendations if item.node_group}
        assert all(after[key] <= before[key] for key in before.keys() & after.keys())
        for group in cluster.groups_with("worker"):
            remember_sizes(group, all_new=False)
