"""What it takes to change a value of a Dask cluster that runs, and what is said about it."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.settings import CONFIGS, SCHEDULER, WORKER
from serai.hookspec.changes import Changes, Step
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.objects import Cluster, Instance


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_each_config_can_change(config: Config) -> None:
    """What the scheduler heeds takes all; what workers heed takes one after the other; the rest nothing."""
    assert config.update_policy in (UpdatePolicy.LIVE, UpdatePolicy.ROLLING, UpdatePolicy.RESTART)
    rolls = config.update_policy is UpdatePolicy.ROLLING
    assert config.update_processes == ((WORKER,) if rolls else ())
    assert rolls == (config.scope == "node")


@pytest.mark.parametrize(
    ("processes", "workers", "expected"),
    [
        ({}, 2, []),
        ({SCHEDULER: ["s"], WORKER: ["w"]}, 2, ["is lost"]),
        ({WORKER: ["w"]}, 2, ["computations go on"]),
        ({WORKER: ["w"]}, 1, ["computations go on", "no other worker"]),
    ],
)
def test_what_is_lost_is_told(
    cluster: Callable[..., Cluster], processes: dict[str, list[str]], workers: int, expected: list[str]
) -> None:
    """With the scheduler everything; with workers nothing, unless there is nobody to take it over."""
    made = cluster(scheduler=([SCHEDULER], 1), workers=([WORKER], workers))
    for group in made.node_groups:
        for number in range(group.count):
            group.add_instance(Instance(instance_name=f"{group.name}-{number}"))
    steps = (Step("live"), *([Step("rolling", processes)] if processes else []))
    told = DASK.get_disruptions(made, Changes((), steps, steps[0]))
    assert len(told) == len(expected)
    assert all(words in sentence for words, sentence in zip(expected, told, strict=True))
