"""What the Spark plugin refuses, and how it says so."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import TARGET
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.objects import Cluster, Secret, ValidationError

SIZED = {"Worker memory": 2048}


def errors(cluster: Cluster) -> list[ValidationError]:
    """What ``validate`` raises."""
    try:
        SPARK.validate(cluster)
    except ValidationFailed as failure:
        return list(failure.errors)
    return []


def test_a_sound_cluster_passes(cluster: Callable[..., Cluster]) -> None:
    """One master, two workers: nothing to say."""
    assert errors(cluster(SIZED)) == []


def test_two_masters_are_refused_in_the_words_of_the_spi_document(cluster: Callable[..., Cluster]) -> None:
    """The message has the document's form, with the count."""
    (error,) = errors(cluster(SIZED, masters=(["master"], 2), workers=(["worker"], 1)))
    assert (error.path, error.code, error.error_message) == (
        "node_groups[0].count",
        "NOT_SINGLE_MASTER",
        "Spark cluster should contain only 1 master instance. Actual master count is 2",
    )


def test_a_cluster_of_nothing_lacks_both(cluster: Callable[..., Cluster]) -> None:
    """No master and no worker are two errors."""
    assert [error.code for error in errors(cluster(other=(["exporter"], 1)))] == ["NOT_SINGLE_MASTER", "NO_WORKER"]


def test_workers_that_do_not_fit_their_shared_machine_are_refused(cluster: Callable[..., Cluster]) -> None:
    """The sum counts, and daemons and a driver count as well."""
    (error,) = errors(cluster({"Worker memory": 8000}))
    assert (error.path, error.code) == (f'cluster_configs["{TARGET}"]["Worker memory"]', "MEMORY_EXCEEDED")
    assert "18560 MiB (2 x 8000 for workers + 2560 for daemons and driver) of a machine that has 16000" in str(error)


def test_an_executor_larger_than_a_worker_is_refused(cluster: Callable[..., Cluster]) -> None:
    """It would wait for ever; the place is the executor's own config."""
    made = cluster({**SIZED, "Executor memory": 1536})
    made.node_groups[1].node_configs[TARGET] = {"Worker memory": 1024}
    (error,) = errors(made)
    assert (error.path, error.code) == (f'cluster_configs["{TARGET}"]["Executor memory"]', "EXECUTOR_DOES_NOT_FIT")


def test_a_fault_in_a_group_is_placed_in_that_group(cluster: Callable[..., Cluster]) -> None:
    """The path leads to the value."""
    made = cluster(SIZED)
    made.node_groups[1].node_configs[TARGET] = {"Worker port": 8081}
    (error,) = errors(made)
    assert (error.path, error.code) == ("node_groups[1]", "PORT_CONFLICT")
    made.node_groups[1].node_configs[TARGET]["Worker webui port"] = 8081
    (error,) = errors(made)
    assert error.path == f'node_groups[1].node_configs["{TARGET}"]["Worker webui port"]'


def test_ports_of_other_instances_do_not_clash(cluster: Callable[..., Cluster]) -> None:
    """Each instance has an address of its own."""
    assert errors(cluster({**SIZED, "Worker port": 7077, "Worker webui port": 8080})) == []
    (error, other) = errors(
        cluster({**SIZED, "Worker port": 7077, "Worker webui port": 8080}, all=(["master", "worker"], 1))
    )
    assert {error.code, other.code} == {"PORT_CONFLICT"}


def test_a_pinned_range_must_not_reach_a_daemon(cluster: Callable[..., Cluster]) -> None:
    """A driver that takes the master's port keeps the master from coming back."""
    (error,) = errors(cluster({**SIZED, "Driver port": 7070, "Port range": 8}))
    assert error.error_message == "'Master port' (7077) and 'Driver port' (7070 to 7077) overlap in node group master"
    assert errors(cluster({**SIZED, "Driver port": 7070, "Port range": 7})) == []


def test_rest_and_a_secret_exclude_each_other(cluster: Callable[..., Cluster]) -> None:
    """The master would refuse to start."""
    (error,) = errors(cluster({**SIZED, "REST server": True, "Authentication secret": Secret("x")}))
    assert (error.code, error.path) == ("REST_WITHOUT_AUTHENTICATION", f'cluster_configs["{TARGET}"]["REST server"]')


def test_everything_is_said_at_once(cluster: Callable[..., Cluster]) -> None:
    """Six faults, six errors."""
    made = cluster(
        {"Worker memory": 20000, "Master webui port": 7077, "Spark defaults": "spark.master x\nhello there"},
        masters=(["master"], 2),
        workers=(["worker"], 1),
    )
    made.cluster_configs[TARGET]["Executor memory"] = 30000
    assert [error.code for error in errors(made)] == [
        "NOT_SINGLE_MASTER",
        "PORT_CONFLICT",
        "MEMORY_EXCEEDED",
        "EXECUTOR_DOES_NOT_FIT",
        "RESERVED_PROPERTY",
        "NOT_A_SPARK_PROPERTY",
    ]


@pytest.mark.parametrize("value", ["much", None, True, -5, 3.5])
def test_values_the_engine_refuses_do_not_trip_the_plugin(cluster: Callable[..., Cluster], value: object) -> None:
    """The engine says what is wrong with them; the plugin goes on with the rest."""
    names = ("Worker memory", "Executor memory", "Daemon memory", "Master port", "Spark defaults", "REST server")
    made = cluster({**dict.fromkeys(names, value), "Authentication secret": value, "Worker cores": value})
    assert "INTERNAL" not in {error.code for error in errors(made)}


def test_only_groups_without_the_master_are_scaled(cluster: Callable[..., Cluster]) -> None:
    """The master's group keeps its count."""
    made = cluster(SIZED)
    (error,) = SPARK.validate_scaling(made, {"master": 2}, {})
    assert (error.path, error.code) == ("node_groups[0].count", "NODE_GROUP_NOT_SCALABLE")
    assert SPARK.validate_scaling(made, {"master": 1, "workers": 3}, {}) == []


def test_at_least_one_worker_remains(cluster: Callable[..., Cluster]) -> None:
    """Net of what leaves and what comes."""
    made = cluster(SIZED, master=(["master"], 1), one=(["worker"], 2), two=(["worker"], 0))
    assert [error.code for error in SPARK.validate_scaling(made, {"one": 0}, {})] == ["NO_WORKER"]
    assert SPARK.validate_scaling(made, {"one": 0, "two": 1}, {}) == []
    assert SPARK.validate_scaling(made, {"one": 0}, {"two": 1}) == []


def test_scaling_must_fit_the_machine(cluster: Callable[..., Cluster]) -> None:
    """A given size is multiplied by the new count; a recommended one is shared out anew."""
    assert [e.code for e in SPARK.validate_scaling(cluster(SIZED), {"workers": 7}, {})] == ["MEMORY_EXCEEDED"]
    assert SPARK.validate_scaling(cluster(), {"workers": 7}, {}) == []
    assert [e.code for e in SPARK.validate_scaling(cluster(), {"workers": 40}, {})] == ["MEMORY_EXCEEDED"]
