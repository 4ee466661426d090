"""Which value of a property counts, and what is written."""

from typing import Any

import pytest

from serai.builtin_plugins.hadoop import settings, values
from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.ports import claims, open_ports, parsed_port, port
from serai.builtin_plugins.hadoop.processes import HISTORYSERVER, NODEMANAGER, PROCESSES, ZOOKEEPER_SERVER
from serai.builtin_plugins.hadoop.values import (
    distribution,
    heap,
    property_in_force,
    property_text,
    set_properties,
    timeouts,
)
from serai.hookspec.objects import Cluster, NodeGroup, Recommendation, Secret

HDFS, YARN = "service:HDFS", "service:YARN"


def cluster(
    cluster_configs: dict[str, dict[str, Any]] | None = None,
    node_configs: dict[str, dict[str, Any]] | None = None,
    processes: tuple[str, ...] = ("datanode",),
    recommendations: tuple[Recommendation, ...] = (),
) -> Cluster:
    """A cluster of one group on paper."""
    made = Cluster(
        name="c",
        plugin_name="hadoop",
        hadoop_version="3.5.0",
        node_groups=[NodeGroup("all", 1, list(processes), node_configs or {})],
        cluster_configs=cluster_configs or {},
        recommendations=recommendations,
    )
    made.bind_configs(configs("3.5.0"))
    return made


def test_a_property_nobody_set_is_left_to_hadoop() -> None:
    """Its default counts, and is not written."""
    made = cluster()
    assert property_text(made, "dfs.replication") is None
    assert property_in_force(made, "dfs.replication") == "3"
    assert all(site.values == {} for site in set_properties(made.node_groups[0]).values())


def test_the_node_groups_value_counts_before_the_clusters_and_that_before_a_recommended_one() -> None:
    """The one precedence there is."""
    name = "yarn.nodemanager.resource.memory-mb"
    recommended = (Recommendation(YARN, name, 1024),)
    assert property_text(cluster(recommendations=recommended).node_groups[0], name) == "1024"
    made = cluster({YARN: {name: 2048}}, recommendations=recommended)
    assert property_text(made.node_groups[0], name) == "2048"
    made = cluster({YARN: {name: 2048}}, {YARN: {name: 4096}}, recommendations=recommended)
    assert property_text(made.node_groups[0], name) == "4096"
    assert property_text(made, name) == "2048"


def test_what_is_set_goes_into_the_file_it_is_listed_in() -> None:
    """Two files belong to HDFS."""
    given = {
        HDFS: {"dfs.permissions.enabled": False, "fs.trash.interval": "60"},
        YARN: {"yarn.log-aggregation-enable": True},
        "service:MapReduce": {"mapreduce.job.reduces": 2},
    }
    found = set_properties(cluster(given).node_groups[0])
    assert {file: site.values for file, site in found.items()} == {
        "core": {"fs.trash.interval": "60"},
        "hdfs": {"dfs.permissions.enabled": "false"},
        "yarn": {"yarn.log-aggregation-enable": "true"},
        "mapred": {"mapreduce.job.reduces": "2"},
    }


def test_own_configs_are_written_to_no_file() -> None:
    """Heaps are no properties of Hadoop."""
    assert set_properties(cluster({HDFS: {"DataNode Heap Size": 700}}))["hdfs"].values == {}


def test_properties_no_file_lists_are_written_as_given() -> None:
    """And found by name."""
    made = cluster({HDFS: {"Extra core-site properties": "# ours\nfs.s3a.bucket.logs.endpoint  https://a b \n\n"}})
    assert set_properties(made)["core"].values == {"fs.s3a.bucket.logs.endpoint": "https://a b"}
    assert property_text(made, "fs.s3a.bucket.logs.endpoint") == "https://a b"
    assert property_text(made, "fs.s3a.bucket.other.endpoint") is None


@pytest.mark.parametrize(
    "given",
    [
        {"fs.s3a.secret.key": Secret("sesame")},
        {"fs.s3a.secret.key": "sesame"},
        {"Secret core-site properties": Secret("fs.s3a.bucket.logs.secret.key sesame")},
    ],
)
def test_a_file_with_a_secret_is_one(given: dict[str, Any]) -> None:
    """And shows it to nobody; the other files are not."""
    found = set_properties(cluster({HDFS: given}))
    assert [file for file, site in found.items() if site.is_secret] == ["core"]
    assert list(found["core"].values.values()) == ["sesame"]
    assert "sesame" not in repr(found)


def test_recommendations_count_only_where_they_apply() -> None:
    """A group may have none of them."""
    made = cluster(recommendations=(Recommendation(HDFS, "dfs.replication", 1),))
    made.node_groups[0].use_autoconfig = False
    assert set_properties(made.node_groups[0])["hdfs"].values == {}
    assert set_properties(made)["hdfs"].values == {"dfs.replication": "1"}


def test_own_configs_are_typed() -> None:
    """With defaults for all."""
    made = cluster({"general": {"Start timeout": 7}}, {HDFS: {"DataNode Heap Size": 300}})
    assert heap(made.node_groups[0], "datanode") == 300
    assert timeouts(made).start == 7
    assert {process: heap(made.node_groups[0], process) for process in settings.HEAPS}.keys() == {
        process for group in PROCESSES.values() for process in group
    }
    assert values.java(made) == "auto"


def test_a_tarball_is_chosen_by_url_and_checksum() -> None:
    """Maven otherwise."""
    assert distribution(cluster()) is None
    made = cluster({"general": {"Distribution URL": "file:/h.tar.gz", "Distribution SHA-256": "AB" * 32}})
    assert distribution(made) == values.Distribution("file:/h.tar.gz", "ab" * 32)


def test_ports_are_those_of_the_processes_that_run() -> None:
    """As Hadoop has them, but for the one it leaves open; ZooKeeper, which reads no file of Hadoop, as ours."""
    assert open_ports(cluster().node_groups[0]) == [9866, 9864, 9867]
    assert open_ports(cluster(processes=("namenode",)).node_groups[0]) == [8020, 9870]
    assert open_ports(cluster(processes=("secondarynamenode",)).node_groups[0]) == [9868]
    assert open_ports(cluster(processes=("resourcemanager",)).node_groups[0]) == [8032, 8030, 8031, 8033, 8088]
    assert open_ports(cluster(processes=(NODEMANAGER,)).node_groups[0]) == [8041, 8040, 8042, 13562]
    assert open_ports(cluster(processes=(HISTORYSERVER,)).node_groups[0]) == [10020, 19888, 10033]
    assert open_ports(cluster(processes=("journalnode", "zkfc")).node_groups[0]) == [8485, 8480, 8019]
    assert open_ports(cluster(processes=(ZOOKEEPER_SERVER,)).node_groups[0]) == [2181, 2888, 3888, 8080]


def test_ports_are_as_configured() -> None:
    """For the cluster, or for a group; those that are any are not known before."""
    made = cluster(
        {HDFS: {"dfs.datanode.ipc.address": ":7000"}, "service:MapReduce": {"mapreduce.shuffle.port": 0}},
        {HDFS: {"dfs.datanode.address": "0.0.0.0:7001"}},
        ("datanode", NODEMANAGER),
    )
    (group,) = made.node_groups
    assert port(group, "dfs.datanode.address") == 7001
    assert port(made, "dfs.datanode.address") == 9866
    assert port(group, "mapreduce.shuffle.port") == 0
    assert open_ports(group) == [7001, 9864, 7000, 8041, 8040, 8042]
    assert [config.name for config, number in claims(group) if number == 7001] == ["dfs.datanode.address"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("dfs.datanode.address", "0.0.0.0:9866", 9866),
        ("dfs.datanode.address", ":65535", 65535),
        ("dfs.datanode.address", ":65536", None),
        ("dfs.datanode.address", ":0", None),
        ("yarn.nodemanager.address", ":0", 0),
        ("dfs.datanode.address", "10.0.0.1:9866", None),
        ("dfs.datanode.address", "9866", None),
        ("dfs.datanode.address", "0.0.0.0:", None),
        ("mapreduce.shuffle.port", "13562", 13562),
        ("mapreduce.shuffle.port", "x", None),
    ],
)
def test_an_address_is_a_port(name: str, text: str, expected: int | None) -> None:
    """Its host is always the instance's own."""
    assert parsed_port(name, text) == expected
