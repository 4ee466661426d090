"""Hadoop clusters of real JVMs on this machine."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from serai.engine import ClusterSpec, Engine
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.health import HealthColor

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "hadoop.yaml"


def namenode_says(address: str) -> dict[str, str]:
    """What a NameNode tells of itself."""
    with urlopen(f"http://{address}:9870/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo", timeout=10) as answer:
        (bean,) = json.load(answer)["beans"]
    return bean


@pytest.mark.slow
def test_a_cluster_keeps_files_grows_and_leaves_nothing(engine: Engine, left: Callable[[], list[str]]) -> None:
    """The example: its processes listen on addresses of their own, HDFS and YARN know all nodes, old and new."""
    spec = ClusterSpec.from_file(EXAMPLE)
    cluster = engine.clusters.create(spec).result(240)
    assert cluster.status is ClusterStatus.ACTIVE
    master = cluster.instances[0].internal_ip
    assert cluster.info["HDFS"]["File system"] == f"hdfs://{master}:8020"
    before = namenode_says(master)
    assert (before["Safemode"], len(json.loads(before["LiveNodes"]))) == ("", 1)
    assert engine.clusters.health(cluster.name).color is HealthColor.GREEN

    grown = engine.clusters.scale(cluster.name, {"workers": 2}).result(240)
    assert grown.status is ClusterStatus.ACTIVE
    after = namenode_says(master)
    assert len(json.loads(after["LiveNodes"])) == 2
    assert after["ClusterId"] == before["ClusterId"]
    with urlopen(f"http://{master}:8088/ws/v1/cluster/nodes", timeout=10) as answer:
        nodes = json.load(answer)["nodes"]["node"]
    workers = {each.internal_ip for each in grown.node_groups[1].instances}
    assert {(node["nodeHostName"], node["state"]) for node in nodes} == {(ip, "RUNNING") for ip in workers}

    engine.clusters.delete(cluster.name).result(60)
    assert left() == []
