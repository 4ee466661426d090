"""Hadoop clusters to look at, on paper."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

MASTER = ["namenode", "resourcemanager", "historyserver"]
WORKER = ["datanode", "nodemanager"]


@pytest.fixture
def cluster() -> Callable[..., Cluster]:
    """Makes a cluster of ``name=(processes, count)`` groups, each instance on a machine of its own.

    ``given`` are config values for all of it, by target and name. What is recommended for machines of ``memory`` MiB
    and ``cpus`` processors is in force.
    """

    def make(
        given: dict[str, dict[str, object]] | None = None,
        *,
        memory: int = 16384,
        cpus: int = 8,
        version: str = VERSIONS[0],
        **groups: tuple[list[str], int],
    ) -> Cluster:
        facts = Facts(cpus=cpus, memory_mb=memory)
        shape = groups or {"master": (MASTER, 1), "workers": (WORKER, 3)}
        made = Cluster(
            "demo",
            "hadoop",
            version,
            [NodeGroup(name, count, list(processes), facts=facts) for name, (processes, count) in shape.items()],
            cluster_configs=given or {},
        )
        made.bind_configs(configs(version))
        made.recommendations = tuple(recommendations(made))
        return made

    return make
