"""Health, as told by a master, a worker and a supervisor."""

from typing import Protocol

from serai.builtin_plugins.spark.plugin import SPARK
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Instance


class Stage(Protocol):
    """A cluster of two workers; the master says that the first is decommissioned and the second alive."""

    cluster: Cluster
    answers: dict[str, bytes]

    @property
    def worker(self) -> Instance: ...
    def change(self, number: int, **fields: object) -> None: ...
    def say(self, state: str) -> None: ...
    def stop_worker(self) -> None: ...


def health(stage: Stage, name: str) -> tuple[HealthColor, str]:
    """What one check finds."""
    (check,) = [check for check in SPARK.get_health_checks(stage.cluster) if check.name == name]
    found = check.check()
    return found.color, found.reason


def test_a_master_that_answers_is_green(stage: Stage) -> None:
    """With what it does."""
    assert health(stage, "Spark master") == (HealthColor.GREEN, "alive, with 1 application running")


def test_a_master_that_recovers_is_red(stage: Stage) -> None:
    """It takes no workers yet."""
    stage.change(1, status="RECOVERING")
    assert health(stage, "Spark master") == (HealthColor.RED, "the master says that it is RECOVERING")


def test_a_master_that_talks_nonsense_is_red(stage: Stage) -> None:
    """It may be something else on its port; nobody knows then who has joined."""
    stage.answers[stage.cluster.instances[0].internal_ip] = b"<html>"
    assert health(stage, "Spark master")[0] is HealthColor.RED
    assert health(stage, "Spark workers")[0] is HealthColor.RED


def test_a_decommissioned_worker_is_yellow(stage: Stage) -> None:
    """By name."""
    assert health(stage, "Spark workers") == (
        HealthColor.YELLOW,
        "the workers of demo-workers-1 are decommissioned and take nothing new",
    )


def test_all_workers_alive_is_green(stage: Stage) -> None:
    """Exactly the cluster's."""
    stage.say("ALIVE")
    assert health(stage, "Spark workers") == (HealthColor.GREEN, "2 alive")


def test_a_worker_of_somebody_elses_is_yellow(stage: Stage) -> None:
    """By address."""
    stage.say("ALIVE")
    stranger = stage.cluster.instances[2]
    stage.cluster.node_group("workers").remove_instance(stranger)
    assert health(stage, "Spark workers") == (
        HealthColor.YELLOW,
        f"workers that are not the cluster's have joined: {stranger.internal_ip}:7078",
    )


def test_a_worker_that_is_dead_or_unknown_is_red(stage: Stage) -> None:
    """By name, also beside one that is decommissioned."""
    stage.cluster.instances[2].internal_ip += "0"
    assert health(stage, "Spark workers") == (HealthColor.RED, "the master has lost the workers of demo-workers-2")
    stage.say("DEAD")
    assert health(stage, "Spark workers")[1].endswith("demo-workers-1, demo-workers-2")


def test_a_workers_process_is_looked_at(stage: Stage) -> None:
    """Running, and gone."""
    name = "Spark worker on demo-workers-1"
    color, reason = health(stage, name)
    assert (color, reason.endswith("runs 1 executor")) == (HealthColor.GREEN, True)
    stage.stop_worker()
    assert health(stage, name) == (HealthColor.RED, "the worker of demo-workers-1 has ended, with status 143")
