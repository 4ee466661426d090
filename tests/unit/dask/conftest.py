"""Dask clusters to validate: on paper, without machines."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.dask.settings import CONFIGS
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup


@pytest.fixture
def machine() -> Facts:
    """A machine of 8 processors and 8000 MiB that all node groups share."""
    return Facts(machine_id="m", cpus=8, memory_mb=8000)


@pytest.fixture
def cluster(machine: Facts) -> Callable[..., Cluster]:
    """Makes a cluster of ``name=(processes, count)`` groups; config values for all of it as ``configs``."""

    def make(configs: dict[str, object] | None = None, **groups: tuple[list[str], int]) -> Cluster:
        made = Cluster(
            "demo",
            "dask",
            "2026.8.0",
            [NodeGroup(name, count, processes, facts=machine) for name, (processes, count) in groups.items()],
            cluster_configs={"service:Dask": configs or {}},
        )
        made.bind_configs(CONFIGS)
        return made

    return make
