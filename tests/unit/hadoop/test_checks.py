"""Health, as told by a NameNode, a ResourceManager and supervisors."""

from typing import Any

import pytest

from serai.hookspec.errors import RemoteError
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster

GREEN, YELLOW, RED = HealthColor.GREEN, HealthColor.YELLOW, HealthColor.RED


def health(masters: Any, cluster: Cluster) -> dict[str, tuple[HealthColor, str]]:
    """What each check finds; one that fails is red, as the engine has it."""
    found = {}
    for check in masters.stage.get_health_checks(cluster):
        try:
            told = check.check()
            found[check.name] = (told.color, told.reason)
        except RemoteError as error:
            found[check.name] = (RED, str(error))
    return found


def kill(masters: Any, host: str, service: str) -> None:
    """End a process of a host behind everybody's back."""
    masters.stage.fleet.host(host).processes.end(service)


def test_all_is_green_of_a_cluster_that_is_well(masters: Any, running: Cluster) -> None:
    """One check for each thing that can be wrong, and for each process the cluster can do without for a while."""
    masters.hadoop.yarn.applications = 2
    found = health(masters, running)
    assert {color for color, _ in found.values()} == {GREEN}
    assert found["HDFS NameNode"][1] == "active on demo-master-1"
    assert found["HDFS space"][1] == "15.0 of 30.0 GiB are free"
    assert found["YARN ResourceManager"][1] == "active, with 2 applications running"
    assert {"DataNode on demo-workers-3", "NodeManager on demo-workers-1"} < found.keys()


def test_a_datanode_that_died_is_yellow_by_name(masters: Any, running: Cluster) -> None:
    """Its supervisor tells at once, the NameNode after a while."""
    kill(masters, "demo-workers-2", "hadoop-datanode")
    found = health(masters, running)
    assert found["DataNode on demo-workers-2"][0] is YELLOW
    assert found["DataNode on demo-workers-2"][1].startswith("the DataNode of demo-workers-2 has ended")
    assert found["HDFS DataNodes"] == (YELLOW, "the NameNode does not hear of the DataNodes of demo-workers-2")
    assert found["HDFS NameNode"][0] is GREEN


def test_no_datanode_at_all_is_red(masters: Any, running: Cluster) -> None:
    """Nothing can be read."""
    masters.hadoop.hdfs.unheard = {f"demo-workers-{number}" for number in (1, 2, 3)}
    found = health(masters, running)
    assert found["HDFS DataNodes"] == (RED, "the NameNode hears of no DataNode")
    assert found["YARN NodeManagers"][0] is RED


def test_a_namenode_that_does_not_answer_is_red(masters: Any, running: Cluster) -> None:
    """With what was tried."""
    masters.master.is_cut_off = True
    color, reason = health(masters, running)["HDFS NameNode"]
    assert color is RED
    assert reason.startswith("no active NameNode answers: ")
    assert health(masters, running)["YARN ResourceManager"][0] is RED


def test_safe_mode_is_yellow(masters: Any, running: Cluster) -> None:
    """In the NameNode's words."""
    masters.hadoop.beans.safe_mode = why = "Safe mode is ON. Resources are low."
    assert health(masters, running)["HDFS NameNode"] == (YELLOW, f"nothing can be written: {why}")


@pytest.mark.parametrize(
    ("missing", "under", "expected"),
    [
        (0, 3, (YELLOW, "3 blocks have too few replicas")),
        (2, 3, (RED, "2 blocks have no replica left")),
    ],
)
def test_blocks_are_counted(
    masters: Any, running: Cluster, missing: int, under: int, expected: tuple[HealthColor, str]
) -> None:
    """Those that are lost matter more."""
    masters.hadoop.beans.missing, masters.hadoop.beans.under_replicated = missing, under
    assert health(masters, running)["HDFS blocks"] == expected


def test_a_nodemanager_that_is_lost_is_yellow_by_name(masters: Any, running: Cluster) -> None:
    """With the state that the ResourceManager has it in."""
    masters.hadoop.hdfs.unheard = {"demo-workers-1"}
    assert health(masters, running)["YARN NodeManagers"] == (YELLOW, "demo-workers-1 is LOST")


def test_hdfs_alone_has_no_checks_of_yarn(masters: Any) -> None:
    """There is nothing that could be wrong."""
    made = masters.stage.cluster({"master": (["namenode"], 1), "workers": (["datanode"], 3)})
    masters.stage.create(made)
    assert not [name for name in health(masters, made) if "YARN" in name or "NodeManager" in name]
