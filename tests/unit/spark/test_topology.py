"""Addresses and ports."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import TARGET
from serai.builtin_plugins.spark.topology import master_instance, master_url, public_ui_url, workers_by_address
from serai.hookspec.errors import NotFound
from serai.hookspec.objects import Cluster


def ports(cluster: Cluster) -> dict[str, list[int]]:
    """The open ports of each group."""
    return {group.name: list(SPARK.get_open_ports(group)) for group in cluster.node_groups}


def test_default_ports(cluster: Callable[..., Cluster]) -> None:
    """Those everyone knows; REST only where it is asked for."""
    assert ports(cluster()) == {"master": [7077, 8080], "workers": [7078, 8081]}
    assert ports(cluster({"REST server": True}))["master"] == [7077, 8080, 6066]


def test_configured_ports(cluster: Callable[..., Cluster]) -> None:
    """The values in force count, a group's own before the cluster's."""
    made = cluster({"Master port": 17077, "Worker port": 17078})
    made.node_group("workers").node_configs[TARGET] = {"Worker port": 27078}
    assert ports(made) == {"master": [17077, 8080], "workers": [27078, 8081]}


def test_pinned_ranges_are_open(cluster: Callable[..., Cluster]) -> None:
    """Drivers on the master's instance, data on all."""
    made = cluster({"Driver port": 7100, "Block manager port": 7200, "Port range": 2})
    assert ports(made) == {
        "master": [7077, 8080, 7100, 7101, 7200, 7201],
        "workers": [7078, 8081, 7200, 7201],
    }


def test_a_range_ends_with_the_last_port(cluster: Callable[..., Cluster]) -> None:
    """There is none after 65535."""
    assert ports(cluster({"Block manager port": 65534, "Port range": 9}))["workers"] == [7078, 8081, 65534, 65535]


def test_one_instance_with_both_has_all_ports_once(cluster: Callable[..., Cluster]) -> None:
    """A group of both processes."""
    assert ports(cluster({"Block manager port": 7200, "Port range": 1}, all=(["master", "worker"], 1))) == {
        "all": [7077, 8080, 7200, 7078, 8081]
    }


def test_other_peoples_groups_have_no_ports_of_ours(cluster: Callable[..., Cluster]) -> None:
    """A group of an auxiliary plugin's processes."""
    assert ports(cluster({"Driver port": 7100}, monitor=(["exporter"], 1))) == {"monitor": []}


def test_addresses(cluster: Callable[..., Cluster]) -> None:
    """The cluster talks on internal addresses; people look at the management address."""
    made = cluster()
    master_instance(made).management_ip = "203.0.113.7"
    assert master_url(made) == "spark://10.0.1.1:7077"
    assert public_ui_url(made) == "http://203.0.113.7:8080"
    assert [str(address) for address in workers_by_address(made.instances)] == ["10.0.2.1:7078", "10.0.2.2:7078"]


def test_a_master_that_is_gone_is_said_so(cluster: Callable[..., Cluster]) -> None:
    """Rather than an IndexError."""
    made = cluster()
    made.node_group("master").instances.clear()
    with pytest.raises(NotFound, match="no master instance"):
        master_instance(made)
