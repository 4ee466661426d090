"""Values that no process of Hadoop could read."""

from typing import Any

import pytest

from serai.builtin_plugins.hadoop.configs import property_configs
from serai.builtin_plugins.hadoop.property_problems import extra_value_problems, property_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.objects import Cluster, NodeGroup, Secret
from serai.hookspec.precedence import defaults


def cluster(given: dict[str, Any], own: dict[str, Any] | None = None, target: str = "service:HDFS") -> Cluster:
    """A cluster with values for HDFS, and some for its group."""
    groups = [NodeGroup("all", 1, ["datanode"], {target: own or {}})]
    return Cluster("c", "hadoop", "3.5.0", groups, {target: given})


def codes(given: dict[str, Any], target: str = "service:HDFS") -> list[str]:
    """The codes of what is wrong with values."""
    return [problem.code for problem in property_problems(cluster(given, target=target))]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("dfs.blocksize", ["134217728", "128m", "1G"], ["128 apples", "m"]),
        ("dfs.heartbeat.interval", ["3", "30s", "100ms", "-1"], ["soon", "3 weeks"]),
        ("dfs.namenode.safemode.threshold-pct", ["0.999f", "1", "1.5e-3", ".5"], ["99%", "most"]),
        ("fs.trash.interval", ["0", "0.5"], ["never"]),
        ("dfs.namenode.ec.system.default.policy", ["RS-6-3-1024k", "anything"], []),
    ],
)
def test_what_the_code_cannot_read_is_refused(name: str, good: list[str], bad: list[str]) -> None:
    """Where it is known what it reads; a reference to another property is for Hadoop to follow."""
    assert [codes({name: value}) for value in (*good, "${dfs.other}")] == [[]] * (len(good) + 1)
    assert [codes({name: value}) for value in bad] == [["MALFORMED_VALUE"]] * len(bad)


@pytest.mark.parametrize("version", VERSIONS)
def test_hadoops_own_defaults_are_values_it_can_read(version: str) -> None:
    """The rules that refuse values are not stricter than Hadoop."""
    made = Cluster("c", "hadoop", version, [], defaults(list(property_configs(version).values())))
    assert list(property_problems(made)) == []


def test_all_are_told_at_once_each_with_its_place() -> None:
    """In the cluster's values and in a group's."""
    made = cluster({"dfs.blocksize": "big", "dfs.replication": 2}, {"dfs.heartbeat.interval": "soon"})
    assert [problem.path for problem in property_problems(made)] == [
        'cluster_configs["service:HDFS"]["dfs.blocksize"]',
        'node_groups[0].node_configs["service:HDFS"]["dfs.heartbeat.interval"]',
    ]


def test_an_empty_value_would_not_be_in_force() -> None:
    """Hadoop would go on with its own default, and nobody would be told."""
    assert codes({"dfs.namenode.ec.system.default.policy": "", "fs.s3a.secret.key": Secret("")}) == ["EMPTY_VALUE"] * 2


def test_what_the_engine_refuses_is_not_told_twice() -> None:
    """Values of another type, and names that there are not."""
    assert codes({"dfs.blocksize": 128, "dfs.nothing": "x"}) == []


def test_values_that_no_file_can_hold_are_refused() -> None:
    """Without telling secrets."""
    made = cluster({"fs.s3a.secret.key": Secret("open\0sesame"), "dfs.nameservice": "x"})
    (problem,) = property_problems(made)
    assert problem.code == "ILLEGAL_CHARACTERS"
    assert "sesame" not in f"{problem}{problem!r}"
    extra = cluster({"Extra hdfs-site properties": "a.b \x01", "Secret core-site properties": Secret("a.b \x02")})
    assert [problem.code for problem in extra_value_problems(extra)] == ["ILLEGAL_CHARACTERS"] * 2
