"""HDFS that outlives the loss of a NameNode, on hosts over SSH."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from lab.host import Host
from lab.network import Lab
from lab.waiting import until
from serai.engine import ClusterSpec, Engine
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.health import HealthColor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CONTENT = b"what the first NameNode was told"
NAMENODE = b"org.apache.hadoop.hdfs.server.namenode.NameNode"
SMALL = {
    "service:HDFS": {
        "NameNode Heap Size": 160,
        "DataNode Heap Size": 128,
        "JournalNode Heap Size": 96,
        "ZKFC Heap Size": 96,
        "dfs.replication": 1,
    },
    "service:ZooKeeper": {"ZooKeeper Heap Size": 96},
}
DOCUMENT: dict[str, Any] = {
    "name": "hadoop-ha-lab",
    "plugin_name": "hadoop",
    "hadoop_version": "3.5.0",
    "cluster_configs": SMALL,
    "node_groups": [
        {"name": "names", "count": 2, "node_processes": ["namenode", "zkfc", "journalnode", "zookeeper"]},
        {"name": "third", "count": 1, "node_processes": ["journalnode", "zookeeper"]},
        {"name": "workers", "count": 1, "node_processes": ["datanode"]},
    ],
}


@pytest.fixture
def engine(lab: Lab, tmp_path: Path) -> Iterator[Engine]:
    """An engine with a store of its own; its cluster is gone in the end."""
    lab.inventory(tmp_path / "hosts.yaml")
    with Engine.open(f"sqlite:///{tmp_path}/serai.db") as opened:
        yield opened
        for cluster in opened.clusters.list():
            opened.clusters.delete(cluster.name, force=True).result(120)


def document(inventory: Path, **hdfs: object) -> ClusterSpec:
    """The cluster, with some other values of HDFS."""
    configs = {**SMALL, "service:HDFS": {**SMALL["service:HDFS"], **hdfs}}
    infrastructure = {"provider": "ssh", "inventory": str(inventory)}
    return ClusterSpec.from_dict({**DOCUMENT, "cluster_configs": configs, "infrastructure": infrastructure})


def role(address: str) -> str:
    """What a NameNode says that it is; nothing when it does not answer."""
    try:
        with urlopen(f"http://{address}:9870/jmx?qry=Hadoop:service=NameNode,name=NameNodeStatus", timeout=5) as answer:
            return str(json.load(answer)["beans"][0]["State"])
    except OSError:
        return ""


def ask(address: str, query: str, method: str = "GET", content: bytes | None = None) -> bytes:
    """WebHDFS of one NameNode, as any client on the network may."""
    url = f"http://{address}:9870/webhdfs/v1/kept?user.name=root&noredirect=true&{query}"
    with urlopen(Request(url, method=method), timeout=30) as answer:
        location = json.load(answer)["Location"]
    assert location.startswith("http://")
    with urlopen(Request(location, data=content, method=method), timeout=60) as answer:  # noqa: S310 - seen to be
        return bytes(answer.read())


def kill_namenode(host: Host) -> None:
    """As an accident would."""
    (pid,) = (pid for pid in host.pids() if is_namenode(Path(f"/proc/{pid}")))
    os.kill(pid, signal.SIGKILL)


def is_namenode(process: Path) -> bool:
    """Whether a process is a NameNode's JVM: the command that watches over it has the same words."""
    words = (process / "cmdline").read_bytes().rstrip(b"\0")
    return words.endswith(NAMENODE) and (process / "exe").readlink().name == "java"


def told(engine: Engine) -> tuple[HealthColor, str]:
    """How the cluster is, and what is said of its NameNodes."""
    report = engine.clusters.health("hadoop-ha-lab")
    (reason,) = (check.reason for check in report.checks if check.name == "HDFS NameNode")
    return report.color, reason


def test_hdfs_outlives_a_namenode_and_gets_it_back(lab: Lab, engine: Engine, tmp_path: Path) -> None:
    """The active one is killed: the other takes over with every file, which is yellow; another value brings it back."""
    inventory = tmp_path / "hosts.yaml"
    cluster = engine.clusters.create(document(inventory)).result(400)
    assert cluster.status is ClusterStatus.ACTIVE
    names = {each.internal_ip: each.instance_name for each in cluster.node_group("names").instances}
    (active,), (standby,) = ([ip for ip in names if role(ip) == wanted] for wanted in ("active", "standby"))
    assert told(engine) == (HealthColor.GREEN, f"active on {names[active]}, standby on {names[standby]}")
    ask(active, "op=CREATE", "PUT", CONTENT)

    (host,) = (each for each in lab.hosts if each.address == active)
    kill_namenode(host)
    until(lambda: role(standby) == "active", "the other NameNode to take over", limit=60)
    assert ask(standby, "op=OPEN") == CONTENT
    color, reason = told(engine)
    assert color is HealthColor.YELLOW
    assert reason == f"active on {names[standby]}; the one of {names[active]} does not answer"

    changed = engine.clusters.apply(document(inventory, **{"NameNode Heap Size": 168})).result(400)
    assert changed.status is ClusterStatus.ACTIVE
    assert sorted(map(role, names)) == ["active", "standby"]
    assert told(engine)[0] is HealthColor.GREEN
    (serving,) = (ip for ip in names if role(ip) == "active")
    assert ask(serving, "op=OPEN") == CONTENT
