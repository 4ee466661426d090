"""Hadoop clusters to look at, on paper."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.engine.remote.pool import connect
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint

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


@pytest.fixture
def placed(cluster: Callable[..., Cluster], tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Makes a cluster as ``cluster`` does, its instances connected to directories of this machine.

    Addresses are ``<net>.<group>.<number>``, from 1 on.
    """
    with ExitStack() as at_end:

        def make(given: dict[str, dict[str, object]] | None = None, *, net: str = "10.0", **rest: object) -> Cluster:
            made = cluster(given, **rest)
            for index, group in enumerate(made.node_groups, start=1):
                for number in range(1, group.count + 1):
                    name = f"demo-{group.name}-{number}"
                    address = f"{net}.{index}.{number}"
                    instance = group.add_instance(Instance(name, name, address, address))
                    remote = connect(LocalEndpoint(name, str(tmp_path / name)))
                    at_end.callback(remote.close)
                    instance.bind(remote)
            return made

        yield make
