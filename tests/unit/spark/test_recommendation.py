"""What the Spark plugin recommends, and why."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.recommendation import remember_sizes
from serai.builtin_plugins.spark.settings import CONFIGS, TARGET, WORKER_MEMORY
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup, Recommendation


def advice(cluster: Cluster, *, scaling: bool = False) -> dict[tuple[str | None, str], object]:
    """Recommended values by group and name."""
    return {(item.node_group, item.name): item.value for item in SPARK.recommend_configs(cluster, scaling)}


def test_the_machine_is_shared_out_among_its_workers(cluster: Callable[..., Cluster]) -> None:
    """16000 MiB less an eighth for the system, three daemons and a driver, in two."""
    assert advice(cluster()) == {
        ("workers", "Worker memory"): (16000 - 2000 - 3 * (512 + 128) - (1024 + 384)) // 2,
        ("workers", "Worker cores"): 4,
        (None, "Executor memory"): 5336 - 533,
    }


def test_reasons_have_the_formula_with_its_inputs(cluster: Callable[..., Cluster]) -> None:
    """Everyone can do the sum."""
    reasons = {item.name: item.reason for item in SPARK.recommend_configs(cluster(), False)}
    assert reasons == {
        "Worker memory": "(16000 MiB - 2000 for the system - 3328 for daemons and driver) / 2 workers on the machine",
        "Worker cores": "8 processors / 2 workers on the machine",
        "Executor memory": "5336 MiB of the smallest worker - 533 that an executor takes beside its heap",
    }


def test_machines_of_their_own_are_not_shared() -> None:
    """Without a machine_id each instance has a machine, however many there are."""
    alone = Facts(cpus=4, memory_mb=8192)
    groups = [NodeGroup("m", 1, ["master"], facts=alone), NodeGroup("w", 9, ["worker"], facts=alone)]
    cluster = Cluster("demo", "spark", "4.3.0", groups)
    cluster.bind_configs(CONFIGS)
    assert advice(cluster)["w", "Worker memory"] == 8192 - 1024 - 640
    assert advice(cluster)["w", "Worker cores"] == 4


def test_what_the_user_gives_is_taken_off_before_sharing(cluster: Callable[..., Cluster]) -> None:
    """The other group gets what is left, and executors fit the smaller one."""
    made = cluster(master=(["master"], 1), given=(["worker"], 1), free=(["worker"], 1))
    made.node_group("given").node_configs[TARGET] = {"Worker memory": 2000}
    found = advice(made)
    assert found["free", "Worker memory"] == 16000 - 2000 - 3328 - 2000
    assert ("given", "Worker memory") not in found
    assert found[None, "Executor memory"] == 2000 - 384


def test_a_machine_too_small_for_an_executor_gets_no_memory(cluster: Callable[..., Cluster]) -> None:
    """Then validation says that it is too small."""
    made = cluster()
    for group in made.node_groups:
        group.facts = Facts(machine_id="m", cpus=1, memory_mb=4096)
    assert advice(made) == {("workers", "Worker cores"): 1}
    assert [error.code for error in SPARK.validate_scaling(made, {"workers": 3}, {})] == ["MEMORY_EXCEEDED"]


def test_without_facts_nothing_is_known(cluster: Callable[..., Cluster]) -> None:
    """Only executors are fitted to workers of a given size."""
    made = cluster({"Worker memory": 1000})
    for group in made.node_groups:
        group.facts = None
    assert advice(made) == {(None, "Executor memory"): 616}


def test_groups_that_want_no_recommendation_get_none(cluster: Callable[..., Cluster]) -> None:
    """A group's own use_autoconfig counts."""
    made = cluster()
    made.node_group("workers").use_autoconfig = False
    assert advice(made) == {}


@pytest.mark.parametrize(("count", "expected"), [(1, 5336), (2, 5336), (4, 2348)])
def test_scaling_never_recommends_more_than_running_workers_have(
    cluster: Callable[..., Cluster], count: int, expected: int
) -> None:
    """They keep what they were started with; a new one is no larger, so that executors fit all."""
    made = cluster()
    made.recommendations = tuple(SPARK.recommend_configs(made, False))
    workers = made.node_group("workers")
    remember_sizes(workers, all_new=True)
    workers.count = count
    assert advice(made, scaling=True)["workers", "Worker memory"] == expected


def test_the_smallest_running_worker_is_remembered(cluster: Callable[..., Cluster]) -> None:
    """Until all of a group's workers are new."""
    made = cluster()
    workers = made.node_group("workers")
    sizes = []
    for memory, all_new in ((2000, True), (1000, False), (3000, False), (3000, True)):
        made.recommendations = (Recommendation(TARGET, "Worker memory", memory, "workers"),)
        remember_sizes(workers, all_new=all_new)
        sizes.append(workers.extra["spark_workers"][WORKER_MEMORY.name])
    assert sizes == [2000, 1000, 1000, 3000]


def test_a_size_that_was_given_binds_no_recommendation(cluster: Callable[..., Cluster]) -> None:
    """Taken back, it makes room for what fits the machine."""
    made = cluster({"Worker memory": 2000})
    remember_sizes(made.node_group("workers"), all_new=True)
    made.cluster_configs[TARGET].clear()
    assert advice(made, scaling=True)["workers", "Worker memory"] == 5336
