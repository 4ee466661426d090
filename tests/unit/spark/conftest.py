"""Spark clusters to look at: on paper, without machines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.spark.settings import CONFIGS, TARGET
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Instance, NodeGroup

CAPTURED = Path(__file__).with_name("captured")


@pytest.fixture
def machine() -> Facts:
    """A machine of 8 processors and 16000 MiB that all node groups share."""
    return Facts(machine_id="m", cpus=8, memory_mb=16000)


@pytest.fixture
def cluster(machine: Facts) -> Callable[..., Cluster]:
    """Makes a cluster of ``name=(processes, count)`` groups; config values for all of it as ``configs``."""

    def make(configs: dict[str, object] | None = None, **groups: tuple[list[str], int]) -> Cluster:
        shape = groups or {"master": (["master"], 1), "workers": (["worker"], 2)}
        made = Cluster(
            "demo",
            "spark",
            "4.3.0",
            [NodeGroup(name, count, processes, facts=machine) for name, (processes, count) in shape.items()],
            cluster_configs={TARGET: configs or {}},
        )
        for index, group in enumerate(made.node_groups, start=1):
            for number in range(1, group.count + 1):
                address = f"10.0.{index}.{number}"
                group.add_instance(Instance(address, f"demo-{group.name}-{number}", address, address))
        made.bind_configs(CONFIGS)
        return made

    return make


@pytest.fixture
def captured() -> Callable[[str], bytes]:
    """What a real master or worker said."""
    return lambda name: (CAPTURED / f"{name}.json").read_bytes()
