"""Hadoop clusters to look at: on paper, and on hosts in memory whose masters talk as real ones do."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import define, field

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.engine.remote.pool import connect
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import CompletedCommand, LocalEndpoint
from serai.hookspec.testing.fleet import Asked, FleetHost, said
from serai.hookspec.testing.stage import Stage

MASTER = ["namenode", "resourcemanager", "historyserver"]
WORKER = ["datanode", "nodemanager"]
HDFS = "service:HDFS"
BEANS = "Hadoop:service=NameNode,name="


@define(eq=False)
class Masters:
    """A NameNode and a ResourceManager of hosts in memory. They know the lists that they last were told to read.

    Attributes:
        stage: the hosts, and the plugin.
        drains: whether DataNodes that are to leave get done with it.
        finishes: whether containers do, on NodeManagers that are to leave.
        under_replicated: blocks with too few replicas.
        wanted: of those, how many replicas each wants and has, as fsck says; None for an answer that breaks off.
        missing: blocks with none.
        unheard: hosts whose DataNode and NodeManager are not heard of, though they may run.
        safe_mode: why nothing can be written.
        files: of HDFS, by path.
        grace: what the ResourceManager was told to give containers, each time.
    """

    stage: Stage
    drains: bool = True
    finishes: bool = True
    under_replicated: int = 0
    wanted: list[tuple[int, int]] | None = field(factory=list)
    missing: int = 0
    unheard: set[str] = field(factory=set)
    safe_mode: str = ""
    files: dict[str, bytes] = field(factory=dict)
    grace: list[tuple[str, ...]] = field(factory=list)
    _lists: dict[str, list[str]] = field(factory=dict)

    def answer_all(self) -> None:
        """Be the one whom the hosts' commands and requests reach."""
        self.stage.fleet.answer(lambda asked: "-refreshNodes" in asked.argv, self._refresh)
        for word, answer in (
            ("/jmx", self._beans),
            ("/ws/v1/cluster/nodes", self._nodes),
            ("/ws/v1/cluster/info", said('{"clusterInfo": {"state": "STARTED", "haState": "ACTIVE"}}')),
            ("/ws/v1/cluster/metrics", said('{"clusterMetrics": {"appsRunning": 2}}')),
            ("/webhdfs/v1/", self._webhdfs),
            ("/fsck?", self._fsck),
        ):
            self.stage.fleet.answer(lambda asked, word=word: len(asked.argv) == 2 and word in asked.argv[1], answer)

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

    def _read(self, name: str) -> list[str]:
        return self._lists.get(name, self.listed(name))

    def _refresh(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        yarn = "RMAdminCLI" in " ".join(asked.argv)
        for name in ("yarn.include", "yarn.exclude") if yarn else ("dfs.include", "dfs.exclude"):
            self._lists[name] = self.listed(name)
        if yarn:
            self.grace.append(asked.argv[asked.argv.index("-refreshNodes") :])
        return said()

    def _workers(self, process: str) -> Iterator[tuple[FleetHost, bool]]:
        for name, host in self.stage.fleet.hosts.items():
            if "workers" in name:
                heard = not host.is_cut_off and name not in self.unheard
                yield host, heard and host.processes.status(f"hadoop-{process}").is_running

    def _beans(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        live, dead, leaving = {}, {}, {}
        for worker, alive in self._workers("datanode"):
            address = f"{worker.address}:9866"
            if address not in self._read("dfs.include"):
                continue
            out = address in self._read("dfs.exclude")
            state = ("Decommissioned" if self.drains else "Decommission In Progress") if out else "In Service"
            found = {"xferaddr": address, "adminState": state, "location": "/default-rack"}
            if out and not self.drains:
                leaving[address] = {"xferaddr": address, "underReplicatedBlocks": 7}
            if alive:
                live[address] = {**found, "remaining": 5 * 2**30, "capacity": 10 * 2**30}
            else:
                dead[address] = {**found, "decommissioned": state == "Decommissioned"}
        return said(json.dumps({"beans": self._bean_list(live, dead, leaving)}))

    def _bean_list(self, live: object, dead: object, leaving: object) -> list[dict[str, object]]:
        nodes = {"LiveNodes": json.dumps(live), "DeadNodes": json.dumps(dead), "DecomNodes": json.dumps(leaving)}
        blocks = {"LowRedundancyBlocks": self.under_replicated, "PendingReconstructionBlocks": 0}
        return [
            {"name": f"{BEANS}NameNodeStatus", "State": "active"},
            {
                "name": f"{BEANS}NameNodeInfo",
                "Safemode": self.safe_mode,
                "NumberOfMissingBlocks": self.missing,
                **nodes,
            },
            {"name": f"{BEANS}FSNamesystemState", "ReconstructionQueuesInitProgress": 1.0, **blocks},
            {"name": f"{BEANS}ReplicatedBlocksState", "LowRedundancyReplicatedBlocks": self.under_replicated},
            {"name": f"{BEANS}ECBlockGroupsState", "LowRedundancyECBlockGroups": 0},
        ]

    def _nodes(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        nodes = []
        for worker, alive in self._workers("nodemanager"):
            out = worker.address in self._read("yarn.exclude")
            if worker.address not in self._read("yarn.include"):
                continue
            if out and self.finishes and alive:
                worker.processes.end("hadoop-nodemanager")  # it is told to, and does
            leaves = "DECOMMISSIONED" if self.finishes else "DECOMMISSIONING"
            state = (leaves if out else "RUNNING") if alive or out else "LOST"
            about = {"healthReport": "", "numContainers": 0}
            nodes.append({"id": f"{worker.address}:8041", "nodeHostName": worker.address, "state": state, **about})
        return said(json.dumps({"nodes": {"node": nodes}}))

    def _fsck(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        lines = [
            f"/f:  Under replicated BP-1:blk_1_1. Target Replicas is {target} but found {live} live replica(s),"
            " 1 decommissioned replica(s), 0 decommissioning replica(s)."
            for target, live in self.wanted or ()
        ]
        end = "" if self.wanted is None else "The filesystem under path '/' is HEALTHY"
        return said("\n".join(["FSCK started by serai", *lines, end]))

    def _webhdfs(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        """A DataNode is at ``dn``; the NameNode everywhere else."""
        method, url = asked.argv
        path = url.partition("/webhdfs/v1")[2].partition("?")[0]
        if "noredirect=true" in url:
            return said(json.dumps({"Location": f"http://dn/webhdfs/v1{path}"}))
        if method == "GET":
            return said(self.files[path].decode())
        if "op=DELETE" in url:
            return said(json.dumps({"boolean": self.files.pop(path, None) is not None}))
        if "op=MKDIRS" in url:
            return said('{"boolean": true}')
        if "op=" not in url:
            self.files[path] = asked.stdin
        return said()


@pytest.fixture
def masters() -> Masters:
    """Of a stage with Hadoop on it, on which time passes at once."""
    made = Masters(Stage({"hadoop": HADOOP}))
    made.answer_all()
    return made


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
