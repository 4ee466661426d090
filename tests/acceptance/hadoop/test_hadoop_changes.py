"""Values of a real Hadoop cluster change while it runs."""

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from serai.engine import ClusterSpec, Engine
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.health import HealthColor

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "hadoop.yaml"


def spec(**hdfs: object) -> ClusterSpec:
    """The example's HDFS, with some values, on as few processes as there can be."""
    document = dict(ClusterSpec.from_file(EXAMPLE).to_dict())
    heaps = {"NameNode Heap Size": 128, "DataNode Heap Size": 128}
    document["cluster_configs"] = {"service:HDFS": {**heaps, **hdfs}}
    document["node_groups"] = [
        {"name": "master", "count": 1, "node_processes": ["namenode"]},
        {"name": "workers", "count": 1, "node_processes": ["datanode"]},
    ]
    return ClusterSpec.from_dict(document)


def of_jvm(address: str, query: str) -> dict[str, Any]:
    """A bean of a process."""
    with urlopen(f"http://{address}/jmx?qry={query}", timeout=10) as answer:
        (bean,) = json.load(answer)["beans"]
    return dict(bean)


def begun(address: str) -> int:
    """When a process began."""
    return int(of_jvm(address, "java.lang:type=Runtime")["StartTime"])


@pytest.mark.slow
def test_values_come_into_force_as_they_say(engine: Engine) -> None:
    """One is written, one restarts DataNodes in turn, one the NameNode: each of them alone."""
    cluster = engine.clusters.create(spec()).result(300)
    namenode = f"{cluster.instances[0].internal_ip}:9870"
    (listed,) = json.loads(of_jvm(namenode, "Hadoop:service=NameNode,name=NameNodeInfo")["LiveNodes"]).values()
    datanode = listed["infoAddr"]

    def change(**hdfs: object) -> tuple[bool, bool]:
        """Apply it: whether NameNode and DataNode are others now."""
        before = (begun(namenode), begun(datanode))
        done = engine.clusters.apply(spec(**hdfs)).result(300)
        assert done.status is ClusterStatus.ACTIVE
        assert engine.clusters.health(cluster.name).color is HealthColor.GREEN
        return begun(namenode) != before[0], begun(datanode) != before[1]

    live = {"dfs.blocksize": "64m"}
    assert change(**live) == (False, False)
    rolling = {**live, "dfs.datanode.handler.count": 12}
    assert change(**rolling) == (False, True)
    assert change(**rolling, **{"dfs.namenode.handler.count": 12}) == (True, False)
