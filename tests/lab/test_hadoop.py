"""Hadoop on hosts over SSH, behind firewalls that open what its plugin says and nothing else: one cluster for all."""

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from attrs import define, field

from lab.fixtures import need_lab
from lab.host import Host
from lab.image import USER
from lab.network import Lab
from lab.secrecy import files_with, watched
from lab.waiting import until
from serai.engine import ClusterSpec, Engine, JobSpec
from serai.engine.artifacts import ArtifactCache, default_root
from serai.engine.jobs import Job
from serai.hookspec.artifacts import Artifact, Maven
from serai.hookspec.edp import JobExecution, JobStatus
from serai.hookspec.health import HealthColor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

TEXT = Path(__file__).parents[2] / "docs" / "examples" / "text" / "opticks.txt"
CANARY = "canary-5e0b9d31c7"  # a secret that nobody may see
MASTERS = range(38000, 38032)
"""Where the masters of jobs listen, in containers on workers: to their tasks and clients."""
ROWS = 1_000_000
"""Of 100 bytes each: what is sorted are 100 MB."""
LIMIT = 600.0

EXAMPLES = Artifact(
    "hadoop-mapreduce-examples",
    "3.4.2",  # Maven Central has them of no later release
    (
        Maven(
            ("org.apache.hadoop:hadoop-mapreduce-examples:3.4.2",),
            "76f645d61b349c4b26cbe1afb0deae8896b379d5ae058023fd3ed5bcbc082197",
            exclusions=("*:*",),
        ),
    ),
)

HEAP = 256
DOCUMENT = {
    "name": "hadoop-lab",
    "plugin_name": "hadoop",
    "hadoop_version": "3.5.0",
    "infrastructure": {"provider": "ssh", "tags": {"master": ["first"], "workers": ["other"]}},
    "cluster_configs": {
        "service:HDFS": {
            "NameNode Heap Size": HEAP,
            "DataNode Heap Size": HEAP,
            "fs.s3a.secret.key": CANARY,
        },
        "service:YARN": {
            "ResourceManager Heap Size": HEAP,
            "NodeManager Heap Size": HEAP,
            "yarn.nodemanager.resource.memory-mb": 1536,
            "yarn.nodemanager.resource.cpu-vcores": 2,
            "yarn.nodemanager.vmem-check-enabled": False,
            "yarn.scheduler.minimum-allocation-mb": 256,
            "yarn.scheduler.maximum-allocation-mb": 1536,
        },
        "service:MapReduce": {
            "JobHistoryServer Heap Size": HEAP,
            "yarn.app.mapreduce.am.resource.mb": 512,
            "yarn.app.mapreduce.am.command-opts": "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "mapreduce.map.memory.mb": 512,
            "mapreduce.reduce.memory.mb": 512,
            "mapreduce.map.java.opts": "-Xmx320m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "mapreduce.reduce.java.opts": "-Xmx320m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "yarn.app.mapreduce.am.job.client.port-range": f"{MASTERS[0]}-{MASTERS[-1]}",
        },
    },
    "node_groups": [
        {"name": "master", "count": 1, "node_processes": ["namenode", "resourcemanager", "historyserver"]},
        {"name": "workers", "count": 3, "node_processes": ["datanode", "nodemanager"]},
    ],
}


@define(eq=False)
class Site:
    """A cluster on hosts of a lab.

    Attributes:
        engine: what made it.
        lab: one host more than the cluster has at first.
        walls: what the hosts' firewalls let in.
        directory: of store and documents.
        seen: command lines with the canary.
    """

    engine: Engine
    lab: Lab
    walls: list[Any]
    directory: Path
    seen: list[str]
    master: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.master = self.engine.clusters.get("hadoop-lab").instances[0].internal_ip

    def job(self, *args: str, **configs: str) -> Job:
        """Start one of Hadoop's example programs."""
        jar = ArtifactCache(default_root()).fetch(EXAMPLES) / "hadoop-mapreduce-examples-3.4.2.jar"
        named = {name.replace("_", "."): value for name, value in configs.items()}
        return self.engine.jobs.submit("hadoop-lab", JobSpec("MapReduce", main=str(jar), args=args, configs=named))

    def ran(self, *args: str, **configs: str) -> JobExecution:
        """Run one to its end, which must be a good one."""
        return self.succeeded(self.job(*args, **configs))

    def succeeded(self, job: Job) -> JobExecution:
        """The end of a job, which must be a good one."""
        execution = job.result(LIMIT)
        assert execution.info["status"] == JobStatus.SUCCEEDED, job.output().stderr[-4000:]
        return execution

    def get(self, port: int, path: str) -> bytes:
        """What the master tells anybody over HTTP."""
        with urlopen(f"http://{self.master}:{port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def write(self, path: str, content: bytes) -> None:
        """Write a file to HDFS as any client on the network may."""
        url = f"http://{self.master}:9870/webhdfs/v1{path}?op=CREATE&user.name=root&noredirect=true"
        with urlopen(Request(url, method="PUT"), timeout=30) as answer:
            location = json.load(answer)["Location"]
        assert location.startswith("http://")
        with urlopen(Request(location, data=content, method="PUT"), timeout=60) as answer:  # noqa: S310 - seen to be
            assert answer.status == 201

    def forget(self, path: str) -> None:
        """Remove a file from HDFS."""
        url = f"http://{self.master}:9870/webhdfs/v1{path}?op=DELETE&user.name=root"
        with urlopen(Request(url, method="DELETE"), timeout=30) as answer:
            assert json.load(answer)["boolean"]

    def read(self, directory: str) -> bytes:
        """All that a job wrote to a directory of HDFS."""
        status = json.loads(self.get(9870, f"/webhdfs/v1{directory}?op=LISTSTATUS&user.name=root"))
        names = [each["pathSuffix"] for each in status["FileStatuses"]["FileStatus"]]
        parts = sorted(name for name in names if name.startswith("part-"))
        assert parts
        return b"".join(self.get(9870, f"/webhdfs/v1{directory}/{name}?op=OPEN&user.name=root") for name in parts)

    def checked(self, path: str) -> dict[str, int]:
        """What HDFS's own check of the files below a path counts."""
        told = self.get(9870, f"/fsck?ugi=root&path={path}").decode()
        assert f"The filesystem under path '{path}' is HEALTHY" in told, told
        return {name: int(number) for name, number in re.findall(r"^\s*([A-Z][a-z- ]+):\s+(\d+)", told, re.MULTILINE)}

    def kill(self, main_class: str, among: list[Host]) -> str:
        """Kill the first JVM that runs a class; the address of its host."""
        for host in among:
            for pid in host.pids():
                program, *arguments = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
                if program.endswith("/java") and arguments[-1].endswith(main_class):
                    os.kill(pid, signal.SIGKILL)
                    return host.address
        raise AssertionError(f"nobody runs {main_class}")

    def health(self) -> tuple[HealthColor, str]:
        """The worst that is told, with all reasons of that color."""
        report = self.engine.clusters.health("hadoop-lab")
        return report.color, "; ".join(each.reason for each in report.checks if each.color is report.color)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The cluster, up; a firewall on every host, also on the one that is not in it yet."""
    need_lab()
    directory = tmp_path_factory.mktemp("hadoop")
    with ExitStack() as stack:
        seen = stack.enter_context(watched(CANARY))
        lab = stack.enter_context(Lab.up(hosts=5))
        master, *workers = (host.name for host in lab.hosts)
        inventory = directory / "hosts.yaml"
        lab.inventory(inventory, tags={master: ["first"], **{name: ["other"] for name in workers}})
        infrastructure = {**DOCUMENT["infrastructure"], "inventory": str(inventory)}
        spec = ClusterSpec.from_dict({**DOCUMENT, "infrastructure": infrastructure})
        engine = stack.enter_context(Engine.open(f"sqlite:///{directory}/serai.db"))
        ports = {group.name: list(group.open_ports) for group in engine.clusters.plan(spec).node_groups}
        walls = []
        for host in lab.hosts:
            own = ports["master" if host.name == master else "workers"]
            walls.append(stack.enter_context(host.firewall(outside=own, inside=[MASTERS])))
        stack.callback(lambda: engine.clusters.delete("hadoop-lab", force=True).result(120))
        engine.clusters.create(spec).result(LIMIT)
        yield Site(engine, lab, walls, directory, seen)


def test_words_of_a_text_are_counted(site: Site) -> None:
    """By MapReduce as by Python; the output is read back from HDFS."""
    site.write("/books/opticks.txt", TEXT.read_bytes())
    job = site.ran("wordcount", "/books", "/counts")
    counted = dict(line.split("\t") for line in site.read("/counts").decode().splitlines())
    assert counted == {
        word: str(count) for word, count in Counter(re.split(r"[ \t\n\r\f]+", TEXT.read_text())).items() if word
    }
    assert job.info["counters"]


def test_a_cluster_shrinks_under_a_job_and_loses_nothing(site: Site) -> None:
    """100 MB made by three workers are sorted by four, one of which leaves meanwhile."""
    clusters = site.engine.clusters
    site.ran("teragen", str(ROWS), "/unsorted", mapreduce_job_maps="3")
    grown = clusters.scale("hadoop-lab", {"workers": 4}).result(LIMIT)
    assert len(grown.instances) == 5
    site.write("/kept", TEXT.read_bytes())
    job = site.job("terasort", "/unsorted", "/sorted", mapreduce_job_reduces="2")
    shrinking = clusters.scale("hadoop-lab", {"workers": 3})
    assert not JobStatus(job.refresh().info["status"]).is_final
    site.succeeded(job)
    assert len(shrinking.result(LIMIT).instances) == 4
    assert site.checked("/")["Missing blocks"] == 0
    kept = site.checked("/kept")  # TeraSort's own list of partitions wants ten replicas, and never gets them
    assert (kept["Under-replicated blocks"], kept["Default replication factor"]) == (0, 3)
    assert site.get(9870, "/webhdfs/v1/kept?op=OPEN&user.name=root") == TEXT.read_bytes()

    site.ran("teravalidate", "/sorted", "/report")
    (line,) = site.read("/report").decode().splitlines()
    assert line.startswith("checksum\t"), line
    assert len(site.read("/sorted")) == 100 * ROWS
    site.forget("/sorted/_partition.lst")
    until(lambda: site.health()[0] is HealthColor.GREEN, "the cluster to be well", limit=60)


def test_racks_of_the_inventory_are_known_to_hdfs(site: Site) -> None:
    """Each DataNode stands where its host does."""
    (bean,) = json.loads(site.get(9870, "/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo"))["beans"]
    racks = {node["xferaddr"].partition(":")[0]: node["location"] for node in json.loads(bean["LiveNodes"]).values()}
    stand = {host.address: f"/{host.rack}" for host in site.lab.hosts}
    assert racks
    assert racks == {address: stand[address] for address in racks}


def test_no_port_was_missing_and_no_secret_seen(site: Site) -> None:
    """Not by firewalls; and not in any process list, log or store, nor in a file that others can read."""
    assert [drop for wall in site.walls for drop in wall.dropped()] == []
    for host in site.lab.hosts:
        assert files_with(CANARY, host, USER) == []
        # MapReduce keeps a job's configuration in HDFS, whose blocks are in a directory of the DataNode's own.
        found = [line for line in files_with(CANARY, host) if "/data/hdfs/data/" not in line]
        assert all(line.startswith("600 ") and line.endswith("/core-site.xml") for line in found), found
    assert not any(CANARY.encode() in path.read_bytes() for path in site.directory.glob("serai.db*"))
    told = [*site.engine.clusters.events("hadoop-lab"), site.engine.clusters.get("hadoop-lab")]
    assert not any(CANARY in repr(each) for each in told)
    assert site.seen == []


def test_a_killed_datanode_is_yellow_and_a_killed_namenode_red(site: Site) -> None:
    """With the reason. The last of all: the cluster is not whole after it."""
    master, *workers = site.lab.hosts
    killed = site.kill("server.datanode.DataNode", workers)
    until(lambda: site.health()[0] is not HealthColor.GREEN, "the end of a process to be told", limit=20)
    instances = site.engine.clusters.get("hadoop-lab").instances
    (name,) = [each.instance_name for each in instances if each.internal_ip == killed]
    assert site.health() == (HealthColor.YELLOW, f"the DataNode of {name} has ended, with status 137")
    site.kill("server.namenode.NameNode", [master])
    until(lambda: site.health()[0] is HealthColor.RED, "the end of the NameNode to be told", limit=20)
    assert "no active NameNode answers" in site.health()[1]
