"""What the Dask plugin refuses, and what it lets pass."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.dask.plugin import DASK
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.objects import Cluster, ValidationError

Make = Callable[..., Cluster]
S, W = ["scheduler"], ["worker"]


def refused(cluster: Cluster) -> list[tuple[str, str]]:
    """(code, path) of each error that ``validate`` raises."""
    with pytest.raises(ValidationFailed) as caught:
        DASK.validate(cluster)
    return [(error.code, error.path) for error in caught.value.errors]


def codes(errors: list[ValidationError]) -> list[str]:
    return [error.code for error in errors]


@pytest.mark.parametrize("workers", [1, 2, 50])
def test_one_scheduler_and_some_workers_are_accepted(cluster: Make, workers: int) -> None:
    """The plain shape of a Dask cluster."""
    DASK.validate(cluster(s=(S, 1), w=(W, workers)))


def test_scheduler_and_worker_may_share_an_instance(cluster: Make) -> None:
    """One node group with both processes is a whole cluster."""
    DASK.validate(cluster(all=(S + W, 1)))


@pytest.mark.parametrize("count", [0, 2])
def test_the_number_of_schedulers_is_told(cluster: Make, count: int) -> None:
    """Code and message are fixed: people search for them."""
    with pytest.raises(ValidationFailed) as caught:
        DASK.validate(cluster(s=(S, count), w=(W, 1)))
    assert [(error.code, error.error_message) for error in caught.value.errors] == [
        (
            "NOT_SINGLE_SCHEDULER",
            f"Dask cluster should contain only 1 scheduler instance. Actual scheduler count is {count}",
        )
    ]


def test_all_faults_are_told_at_once(cluster: Make) -> None:
    """Shape, memory and ports in one error."""
    wrong = cluster({"Worker memory": 5000, "Scheduler port": 9, "Scheduler HTTP port": 9}, s=(S + W, 2))
    assert refused(wrong) == [
        ("NOT_SINGLE_SCHEDULER", "node_groups"),
        ("MEMORY_EXCEEDED", "node_groups[0]"),
        ("PORT_CONFLICT", 'cluster_configs["service:Dask"]["Scheduler HTTP port"]'),
    ]


def test_a_cluster_without_workers_is_refused(cluster: Make) -> None:
    """A group of no instances is no worker."""
    assert refused(cluster(s=(S, 1), w=(W, 0))) == [("NO_WORKER", "node_groups")]


def test_memory_is_summed_over_groups_that_share_a_machine(cluster: Make) -> None:
    """2 x 2500 fits 8000 MiB, twice that does not; the first group at fault is named."""
    DASK.validate(cluster({"Worker memory": 2500}, s=(S, 1), a=(W, 2), b=(W, 1)))
    assert refused(cluster({"Worker memory": 2500}, s=(S, 1), a=(W, 2), b=(W, 2))) == [
        ("MEMORY_EXCEEDED", "node_groups[1]")
    ]


def test_a_value_of_the_wrong_type_is_left_to_the_engine(cluster: Make) -> None:
    """The engine's rules name wrong types; the plugin must neither repeat that nor stumble."""
    DASK.validate(cluster({"Worker memory": "lots", "Worker port": None}, s=(S, 1), w=(W, 2)))


def test_worker_ports_may_equal_those_of_a_scheduler_elsewhere(cluster: Make) -> None:
    """Each instance has an address of its own."""
    DASK.validate(cluster({"Worker port": 8786, "Worker HTTP port": 8787}, s=(S, 1), w=(W, 1)))


def test_worker_ports_must_differ_from_the_schedulers_beside_it(cluster: Make) -> None:
    """On one instance they are one address."""
    assert refused(cluster({"Worker port": 8786}, all=(S + W, 1))) == [
        ("PORT_CONFLICT", 'cluster_configs["service:Dask"]["Worker port"]')
    ]


def test_groups_of_workers_scale(cluster: Make) -> None:
    """Up, down, and to nothing as long as a worker is left elsewhere."""
    present = cluster(s=(S, 1), a=(W, 2), b=(W, 1))
    assert DASK.validate_scaling(present, {"a": 5}, {}) == []
    assert DASK.validate_scaling(present, {"a": 0}, {}) == []
    assert DASK.validate_scaling(present, {"s": 1}, {"c": 2}) == []


def test_the_last_worker_cannot_be_taken(cluster: Make) -> None:
    """What would be left could not run anything."""
    assert codes(DASK.validate_scaling(cluster(s=(S, 1), w=(W, 2)), {"w": 0}, {})) == ["NO_WORKER"]


@pytest.mark.parametrize("count", [0, 2])
def test_the_schedulers_group_does_not_scale(cluster: Make, count: int) -> None:
    """Neither up nor down; the error points at its count."""
    errors = DASK.validate_scaling(cluster(s=(S, 1), w=(W, 1)), {"s": count}, {})
    assert [(error.code, error.path) for error in errors] == [("NODE_GROUP_NOT_SCALABLE", "node_groups[0].count")]


def test_an_added_group_cannot_bring_a_second_scheduler(cluster: Make) -> None:
    """Whether or not the group's own count is set already."""
    for count in (0, 1):
        errors = DASK.validate_scaling(cluster(s=(S, 1), w=(W, 1), new=(S + W, count)), {}, {"new": 1})
        assert codes(errors) == ["NODE_GROUP_NOT_SCALABLE"]


def test_scaling_beyond_the_machines_memory_is_refused(cluster: Make) -> None:
    """Memory is checked for the counts that are to be."""
    present = cluster({"Worker memory": 2500}, s=(S, 1), w=(W, 2))
    assert codes(DASK.validate_scaling(present, {"w": 4}, {})) == ["MEMORY_EXCEEDED"]
