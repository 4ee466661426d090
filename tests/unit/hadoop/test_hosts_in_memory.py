"""Hosts in memory answer as those with a real Hadoop do, by what runs there and by what is written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serai.builtin_plugins.hadoop.high_availability import roles
from serai.builtin_plugins.hadoop.namenode import NameNodeState, ask_namenode
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.hadoop.resourcemanager import ask_nodemanagers
from serai.builtin_plugins.hadoop.starting import start_processes
from serai.builtin_plugins.hadoop.testing import hadoop_fleet, hold_blocks, hold_containers
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import HostsFailed, ServiceFailed
from serai.hookspec.testing.stage import Stage

CAPTURED = Path(__file__).with_name("captured")
PAIR = {
    "names": (["namenode", "zkfc", "journalnode", "zookeeper"], 2),
    "third": (["journalnode", "zookeeper"], 1),
    "workers": (["datanode"], 1),
}


@pytest.fixture
def pair() -> tuple[Stage, Cluster]:
    """Two NameNodes, up."""
    stage = Stage({"hadoop": HADOOP}, hadoop_fleet())
    cluster = stage.cluster(PAIR)
    stage.create(cluster)
    return stage, cluster


def kinds(document: Any, where: str = "") -> Iterator[tuple[str, type]]:
    """Every field of a document, with what it holds; addresses of nodes are none, and text that is JSON is read."""
    if isinstance(document, str) and document[:1] in ("{", "["):
        document = json.loads(document)
    if isinstance(document, list):
        for item in document:
            yield from kinds(item, where)
    elif isinstance(document, dict):
        bean = str(document.get("name", "")).partition("name=")[2]
        inside = f"{where}/{bean}" if bean else where
        for name, value in document.items():
            at = inside if ":" in name else f"{inside}/{name}"
            yield at, type(value)
            yield from kinds(value, at)


def captured(*names: str) -> set[tuple[str, type]]:
    """What real ones said."""
    return {found for name in names for found in kinds(json.loads((CAPTURED / f"{name}.json").read_text()))}


def test_what_namenodes_say_real_ones_say_too(masters: Any, running: Cluster) -> None:
    """In fields of the same names, that hold the same: of nodes that are there, that leave, and that are dead."""
    workers = running.node_group("workers").instances
    hold_blocks(masters.stage.fleet, workers[2].instance_name)
    masters.stage.fleet.host(workers[0].instance_name).processes.end("hadoop-datanode")
    namenode = masters.hadoop.hdfs.namenode_on(masters.master)
    namenode.leaving = {f"{workers[2].internal_ip}:9866": 0.0}
    answer = json.loads(masters.hadoop.beans.answer("http://any/jmx", namenode))
    real = captured("namenode-in-service", "namenode-in-progress", "namenode-dead")
    assert set(kinds(answer)) - real == set()
    assert {"/beans/NameNodeInfo/LiveNodes", "/beans/NameNodeInfo/DecomNodes"} < {where for where, _ in kinds(answer)}


def test_what_resourcemanagers_say_real_ones_say_too(masters: Any, running: Cluster) -> None:
    """In fields of the same names, that hold the same."""
    for path, name in (("nodes", "nodes-running"), ("info", "info"), ("metrics", "metrics")):
        url = f"http://{masters.master.address}:8088/ws/v1/cluster/{path}"
        answer = json.loads(running.instances[0].remote.http(url))
        assert set(kinds(answer)) - captured(name) == set()
        assert answer


def test_a_list_counts_once_it_is_read(masters: Any, running: Cluster) -> None:
    """Written alone it changes nothing."""
    leaves = running.node_group("workers").instances[0]
    (path,) = (each for each in masters.master.files if each.endswith("/conf/hadoop/dfs.exclude"))
    master = running.instances[0]
    master.remote.put({path: f"{leaves.internal_ip}:9866\n"})
    assert states(master) == ["In Service"] * 3
    java, conf = "/opt/serai/demo/dist/hadoop/java/bin/java", path.rpartition("/")[0]
    admin = [java, "-cp", f"{conf}:/jars/*", "org.apache.hadoop.hdfs.tools.DFSAdmin", "-refreshNodes"]
    master.remote.run(*admin)
    assert states(master) == ["Decommission In Progress", "In Service", "In Service"]
    masters.stage.fleet.clock.sleep(30)
    assert states(master) == ["Decommissioned", "In Service", "In Service"]
    hold_blocks(masters.stage.fleet, leaves.instance_name)
    assert states(master) == ["Decommission In Progress", "In Service", "In Service"]


def states(master: Any) -> list[str]:
    """What the NameNode takes its DataNodes for."""
    return [each.state for each in ask_namenode(master).datanodes]


def test_who_is_in_no_list_is_turned_away(masters: Any, running: Cluster) -> None:
    """When it comes, as when it is there already; it ends."""
    workers = masters.stage.grow(running, "workers")
    HADOOP.configure_cluster(running, masters.stage.run())
    masters.stage.fleet.host("demo-workers-4")
    with pytest.raises(HostsFailed) as caught:
        masters.stage.start_cluster(running)
    (failure,) = caught.value.failures.values()
    assert isinstance(failure, ServiceFailed)
    assert "denied communication with namenode" in str(failure.details["log"])
    assert workers


def test_a_namenode_without_an_image_ends(masters: Any) -> None:
    """As does a DataNode with blocks of another namespace."""
    cluster = masters.stage.cluster({"master": (["namenode"], 1), "workers": (["datanode"], 1)})
    masters.stage.configure_cluster(cluster)
    files = masters.master.files
    image = next(path for path in files if "fsimage_" in path)
    kept = files.pop(image)
    with pytest.raises(HostsFailed, match="demo-master-1"):
        masters.stage.start_cluster(cluster)
    files[image] = kept
    masters.stage.start_cluster(cluster)


def test_containers_that_are_given_no_time_are_ended(masters: Any, running: Cluster) -> None:
    """Those that are given some may hold up a NodeManager, which is gone when they are."""
    worker, other = running.node_group("workers").instances[:2]
    hold_containers(masters.stage.fleet, worker.instance_name)
    master = running.instances[0]
    (path,) = (each for each in masters.master.files if each.endswith("/conf/hadoop/yarn.exclude"))
    master.remote.put({path: f"{worker.internal_ip}\n{other.internal_ip}\n"})
    admin = ["java", "-cp", path.rpartition("/")[0], "org.apache.hadoop.yarn.client.cli.RMAdminCLI", "-refreshNodes"]

    def seen() -> list[str]:
        return [ask_nodemanagers(running).state_of(each.internal_ip) for each in (worker, other)]

    master.remote.run(*admin, "-g", "300", "-server")
    assert seen() == ["DECOMMISSIONING", "DECOMMISSIONING"]
    masters.stage.fleet.clock.sleep(20)
    assert seen() == ["DECOMMISSIONING", "DECOMMISSIONED"]
    assert not masters.stage.fleet.host(other.instance_name).processes.status("hadoop-nodemanager").is_running
    master.remote.put({path: ""})
    master.remote.run(*admin)
    master.remote.put({path: f"{worker.internal_ip}\n"})
    master.remote.run(*admin)
    assert seen() == ["DECOMMISSIONED", "SHUTDOWN"]


def test_a_report_for_people_is_as_that_of_dfsadmin(masters: Any, running: Cluster) -> None:
    """With the heading that Sahara's plugin did not know, and other words for states than in beans."""
    master, leaves = running.instances[0], running.node_group("workers").instances[1]
    (path,) = (each for each in masters.master.files if each.endswith("/conf/hadoop/dfs.exclude"))
    master.remote.put({path: f"{leaves.internal_ip}:9866\n"})
    admin = ["java", "-cp", path.rpartition("/")[0], "org.apache.hadoop.hdfs.tools.DFSAdmin"]
    master.remote.run(*admin, "-refreshNodes")
    report = master.remote.run(*admin, "-report").stdout
    assert "Live datanodes (3):" in report
    assert report.count("Decommission Status : Normal") == 2
    assert f"Name: {leaves.internal_ip}:9866 (host)\n\nDecommission Status" not in report
    assert f"Name: {leaves.internal_ip}:9866 (host)\nDecommission Status : Decommission in progress" in report


def test_a_datanode_is_heard_of_a_moment_after_it_listens(masters: Any) -> None:
    """Who does not wait for it finds none."""
    cluster = masters.stage.cluster({"master": (["namenode"], 1), "workers": (["datanode"], 1)})
    masters.stage.configure_cluster(cluster)
    start_processes(cluster.instances, ("namenode", "datanode"), masters.stage.run(), step="Start")
    assert ask_namenode(cluster.instances[0]).live == frozenset()
    masters.stage.fleet.clock.sleep(1)
    assert len(ask_namenode(cluster.instances[0]).live) == 1


def test_of_two_namenodes_the_other_takes_over(pair: tuple[Stage, Cluster]) -> None:
    """As long as ZooKeeper's servers have a quorum."""
    stage, cluster = pair

    def seen() -> list[str]:
        return [each.role if isinstance(each, NameNodeState) else "" for each in roles(cluster).values()]

    assert seen() == ["active", "standby"]
    first, second = (stage.fleet.host(f"demo-names-{number}").processes for number in (1, 2))
    first.end("hadoop-namenode")
    assert seen() == ["", "active"]
    stage.start_cluster(cluster)
    assert seen() == ["standby", "active"]
    second.end("hadoop-zookeeper")
    first.end("hadoop-zookeeper")
    second.end("hadoop-namenode")
    assert seen() == ["standby", ""]
