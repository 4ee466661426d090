"""Hadoop clusters to look at: on paper, and on hosts in memory whose masters talk as real ones do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.testing import Hadoop
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.engine.remote.pool import connect
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.testing.fleet import Fleet, FleetHost, VirtualClock
from serai.hookspec.testing.stage import Stage

MASTER = ["namenode", "resourcemanager", "historyserver"]
WORKER = ["datanode", "nodemanager"]
HDFS = "service:HDFS"


@frozen(eq=False)
class Masters:
    """A NameNode and a ResourceManager on hosts in memory.

    Attributes:
        stage: the hosts, and the plugin.
        hadoop: what is wrong with the file system, and what YARN was told.
    """

    stage: Stage
    hadoop: Hadoop

    def listed(self, name: str) -> list[str]:
        """The lines of a list, as it is written on the master by now."""
        (found,) = [
            file.content for path, file in self.master.files.items() if path.endswith(f"/{name}") and "/conf/" in path
        ]
        return found.decode().split()

    @property
    def master(self) -> FleetHost:
        """The host of both."""
        return self.stage.fleet.host("demo-master-1")


@pytest.fixture
def masters() -> Masters:
    """Of a stage with Hadoop on it, on which time passes at once."""
    hadoop = Hadoop.on(Fleet(clock=VirtualClock()))
    return Masters(Stage({"hadoop": HADOOP}, hadoop.fleet), hadoop)


@pytest.fixture
def running(masters: Masters) -> Cluster:
    """A cluster on it, of a master and three workers, up."""
    made = masters.stage.cluster({"master": (MASTER, 1), "workers": (WORKER, 3)}, values={HDFS: {"dfs.replication": 2}})
    masters.stage.create(made)
    return made


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
