"""Recommended sizes of Dask workers: they fit, they explain themselves, and more never gives less."""

from hypothesis import given, settings
from hypothesis import strategies as st

from serai.builtin_plugins.dask.recommendation import recommendations, worker_memory, worker_threads
from serai.builtin_plugins.dask.settings import CONFIGS
from serai.builtin_plugins.dask.validation import cluster_problems
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

MEMORY = st.integers(1, 2_000_000)
SHARING = st.integers(1, 200)
CPUS = st.integers(1, 512)
MORE = st.integers(0, 100_000)


@settings(deadline=None)
@given(MEMORY, SHARING, MORE)
def test_more_memory_never_gives_a_worker_less(memory_mb: int, sharing: int, more: int) -> None:
    """A bigger machine is no worse."""
    assert worker_memory(memory_mb + more, sharing) >= worker_memory(memory_mb, sharing)


@settings(deadline=None)
@given(MEMORY, CPUS, SHARING, SHARING)
def test_more_workers_never_give_each_more(memory_mb: int, cpus: int, sharing: int, more: int) -> None:
    """Sharing with more leaves less, or as much."""
    assert worker_memory(memory_mb, sharing + more) <= worker_memory(memory_mb, sharing)
    assert worker_threads(cpus, sharing + more) <= worker_threads(cpus, sharing)


@settings(deadline=None)
@given(
    st.integers(2_000, 2_000_000),
    CPUS,
    st.lists(st.integers(0, 5), min_size=1, max_size=4).filter(sum),
    st.sampled_from(["", "m"]),
)
def test_what_is_recommended_is_valid_and_in_force(memory_mb: int, cpus: int, counts: list[int], machine: str) -> None:
    """A cluster that follows every recommendation passes validation, and each names its inputs."""
    facts = Facts(machine_id=machine, memory_mb=memory_mb, cpus=cpus)
    groups = [NodeGroup(f"w{index}", count, ["worker"], facts=facts) for index, count in enumerate(counts)]
    cluster = Cluster("demo", "dask", "2026.8.0", [NodeGroup("s", 1, ["scheduler"], facts=facts), *groups])
    cluster.bind_configs(CONFIGS)
    cluster.recommendations = tuple(recommendations(cluster))
    assert cluster_problems(cluster) == []
    with_workers = [group.name for group in groups if group.count]
    told = sorted((advice.node_group, advice.name) for advice in cluster.recommendations)
    assert told == sorted((name, config) for name in with_workers for config in ("Worker memory", "Worker threads"))
    assert all(str(memory_mb if "memory" in each.name else cpus) in each.reason for each in cluster.recommendations)
    assert all(
        not config.problem_with(each.value)
        for each in cluster.recommendations
        for config in CONFIGS
        if config.name == each.name
    )


def test_nothing_is_recommended_for_unknown_machines() -> None:
    """A guess would outrank Dask's own."""
    cluster = Cluster("demo", "dask", "2026.8.0", [NodeGroup("w", 2, ["worker"])])
    assert recommendations(cluster) == []
