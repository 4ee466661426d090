"""What is recommended for a Hadoop cluster, and how it goes with what the user gave."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.hadoop.containers import heap_in
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.validation import cluster_problems
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster

YARN, MAPREDUCE, HDFS = "service:YARN", "service:MapReduce", "service:HDFS"
NODEMANAGER = "yarn.nodemanager.resource.memory-mb"


def values(cluster: Cluster) -> dict[str, object]:
    """What is recommended, by name."""
    return {each.name: each.value for each in recommendations(cluster)}


def test_a_cluster_gets_heaps_containers_and_replication(cluster: Callable[..., Cluster]) -> None:
    """A quarter of what the system leaves goes to two daemons, and the rest to containers."""
    assert values(cluster(memory=4096, cpus=2)) == {
        "NameNode Heap Size": 106,
        "ResourceManager Heap Size": 106,
        "JobHistoryServer Heap Size": 106,
        "DataNode Heap Size": 234,
        "NodeManager Heap Size": 234,
        "yarn.nodemanager.resource.memory-mb": 2304,
        "yarn.scheduler.minimum-allocation-mb": 128,
        "yarn.scheduler.maximum-allocation-mb": 2304,
        "yarn.nodemanager.vmem-check-enabled": False,
        "mapreduce.map.memory.mb": 256,
        "mapreduce.map.java.opts": "-Xmx204m",
        "mapreduce.reduce.memory.mb": 512,
        "mapreduce.reduce.java.opts": "-Xmx409m",
        "yarn.app.mapreduce.am.resource.mb": 256,
        "yarn.app.mapreduce.am.command-opts": "-Xmx204m",
        "mapreduce.task.io.sort.mb": 102,
        "dfs.replication": 3,
        "mapreduce.client.submit.file.replication": 3,
    }


def test_the_reason_is_the_formula_with_its_inputs(cluster: Callable[..., Cluster]) -> None:
    """A user can follow it."""
    (found,) = (each for each in recommendations(cluster(memory=4096)) if each.name == NODEMANAGER)
    assert found.node_group == "workers"
    assert found.reason == "4096 MiB - 1024 for the system - 768 for daemons, for 1 NodeManager on the machine"


def test_instances_of_one_machine_share_it(cluster: Callable[..., Cluster]) -> None:
    """All heaps and all NodeManagers come out of the same memory."""
    made = cluster(workers=(["datanode", "nodemanager"], 4), master=(["namenode", "resourcemanager"], 1))
    for group in made.node_groups:
        group.facts = Facts(machine_id="m", cpus=4, memory_mb=23552)
    found = values(made)
    assert found["DataNode Heap Size"] == found["NameNode Heap Size"] == 336
    assert found[NODEMANAGER] == 3648
    assert 10 * (336 + 150) + 4 * 3648 <= 19456


def test_a_lab_host_of_one_gib_still_works(cluster: Callable[..., Cluster]) -> None:
    """Least heaps, and one container for each NodeManager."""
    made = cluster(memory=1024, cpus=1)
    found = values(made)
    assert (found["DataNode Heap Size"], found[NODEMANAGER]) == (96, 276)
    assert (found["yarn.scheduler.minimum-allocation-mb"], found["mapreduce.reduce.memory.mb"]) == (128, 276)
    assert cluster_problems(made) == []


def test_a_machine_of_512_mib_is_refused(cluster: Callable[..., Cluster]) -> None:
    """Sahara recommended containers of 2048 MiB for it."""
    made = cluster(memory=512, cpus=1)
    assert NODEMANAGER not in values(made)
    assert [error.code for error in cluster_problems(made)] == ["MEMORY_EXCEEDED"]


def test_containers_follow_a_nodemanagers_memory_that_is_given(cluster: Callable[..., Cluster]) -> None:
    """The least, the largest and all tasks."""
    found = values(cluster({YARN: {NODEMANAGER: 2048}}, cpus=2))
    assert NODEMANAGER not in found
    assert found["yarn.scheduler.maximum-allocation-mb"] == 2048
    assert found["yarn.scheduler.minimum-allocation-mb"] == 128
    assert found["mapreduce.map.memory.mb"] == 256


def test_no_nodemanager_that_is_added_is_turned_away(cluster: Callable[..., Cluster]) -> None:
    """A ResourceManager that runs keeps its least container: it must suit the smallest machine that may come."""
    found = values(cluster(memory=65536, cpus=8))
    least = found["yarn.scheduler.minimum-allocation-mb"]
    assert least <= values(cluster(memory=1024, cpus=1))[NODEMANAGER]
    assert found["mapreduce.map.memory.mb"] == 2048


def test_heaps_follow_containers_and_containers_heaps(cluster: Callable[..., Cluster]) -> None:
    """Whichever the user gave."""
    found = values(cluster({MAPREDUCE: {"mapreduce.map.memory.mb": 2000, "mapreduce.reduce.java.opts": "-Xmx2g"}}))
    assert (found["mapreduce.map.java.opts"], found["mapreduce.task.io.sort.mb"]) == ("-Xmx1600m", 800)
    assert found["mapreduce.reduce.memory.mb"] == 2560
    assert found.keys().isdisjoint({"mapreduce.map.memory.mb", "mapreduce.reduce.java.opts"})


def test_what_yarn_may_give_out_at_most_limits_all(cluster: Callable[..., Cluster]) -> None:
    """Reduce tasks, for one, would want two ordinary containers."""
    found = values(cluster({YARN: {"yarn.scheduler.maximum-allocation-mb": 1500}}))
    assert (found["mapreduce.map.memory.mb"], found["mapreduce.reduce.memory.mb"]) == (1024, 1500)


def test_nodemanagers_that_look_themselves_are_let(cluster: Callable[..., Cluster]) -> None:
    """A recommended size would outrank what they find."""
    found = values(cluster({YARN: {"yarn.nodemanager.resource.detect-hardware-capabilities": True}}))
    assert NODEMANAGER not in found
    assert "yarn.scheduler.minimum-allocation-mb" not in found


@pytest.mark.parametrize(("datanodes", "copies"), [(1, 1), (2, 2), (3, 3), (12, 3)])
def test_blocks_have_no_more_copies_than_there_are_datanodes(
    cluster: Callable[..., Cluster], datanodes: int, copies: int
) -> None:
    """And three at most; the files that jobs consist of have more."""
    found = values(cluster(master=(["namenode"], 1), workers=(["datanode"], datanodes)))
    assert found["dfs.replication"] == copies
    assert found["mapreduce.client.submit.file.replication"] == min(10, datanodes)


@pytest.mark.parametrize(
    ("options", "heap"),
    [
        ("", None),
        ("-server", None),
        ("-Xmx512m", 512),
        ("-Xmx1g -Xmx2G", 2048),
        ("-Xmx1048577", 2),
        ("-DXmx=-Xmx5m", None),
    ],
)
def test_a_heap_is_read_from_javas_options(options: str, heap: int | None) -> None:
    """In MiB, rounded up; the last counts, as in Java."""
    assert heap_in(options) == heap
