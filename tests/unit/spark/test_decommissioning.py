"""What counts as proof that a worker is drained."""

from typing import Protocol

import pytest

from serai.builtin_plugins.spark.decommissioning import is_drained
from serai.builtin_plugins.spark.master import UnreadableAnswer
from serai.hookspec.objects import Cluster, Instance


class Stage(Protocol):
    """A cluster whose master says that the first worker is decommissioned, and the worker that it has an executor."""

    cluster: Cluster
    answers: dict[str, bytes]

    @property
    def worker(self) -> Instance: ...
    def change(self, number: int, **fields: object) -> None: ...
    def say(self, state: str) -> None: ...
    def stop_worker(self) -> None: ...


def drained(stage: Stage) -> bool:
    """Whether the plugin takes the worker for drained."""
    return is_drained(stage.cluster, stage.worker)


def test_a_worker_with_executors_is_not_drained(stage: Stage) -> None:
    """Until the last one has ended."""
    assert not drained(stage)
    stage.change(2, executors=[])
    assert drained(stage)


def test_a_worker_is_looked_for_wherever_it_listens(stage: Stage) -> None:
    """Its ports may be about to change: what is configured is where it will be."""
    stage.cluster.cluster_configs["service:Spark"].update({"Worker port": 7999, "Worker webui port": 7998})
    assert not drained(stage)
    stage.change(2, executors=[])
    assert drained(stage)


def test_a_worker_the_master_may_still_use_is_not_drained(stage: Stage) -> None:
    """However idle it is."""
    stage.change(2, executors=[])
    stage.say("ALIVE")
    assert not drained(stage)


def test_a_worker_with_a_driver_is_not_drained(stage: Stage) -> None:
    """Nobody would take it over."""
    stage.change(2, executors=[], id="worker-1")
    stage.change(1, activedrivers=[{"worker": "worker-1"}])
    assert not drained(stage)
    stage.change(1, activedrivers=[{"worker": "worker-2"}])
    assert drained(stage)


@pytest.mark.parametrize("number", [1, 2])
def test_what_cannot_be_read_is_no_proof(stage: Stage, number: int) -> None:
    """Neither from the master nor from the worker."""
    stage.change(2, executors=[])
    stage.answers[stage.cluster.instances[number - 1].internal_ip] = b'{"executors": []}'
    with pytest.raises(UnreadableAnswer):
        drained(stage)


def test_a_worker_that_ended_is_drained_once_the_master_noticed(stage: Stage) -> None:
    """Before, the master may still count on it."""
    stage.stop_worker()
    stage.say("ALIVE")
    assert not drained(stage)
    stage.say("DEAD")
    assert drained(stage)


def test_a_worker_the_master_gave_up_is_drained_though_its_machine_is_gone(stage: Stage) -> None:
    """Applications were told that its executors are lost."""
    stage.worker.bind(None)
    stage.say("DEAD")
    assert drained(stage)


def test_a_worker_the_master_does_not_know_is_drained_when_it_does_not_run(stage: Stage) -> None:
    """One that runs may be about to register."""
    stage.change(1, workers=[], aliveworkers=0)
    assert not drained(stage)
    stage.stop_worker()
    assert drained(stage)
