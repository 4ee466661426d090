"""Where processes listen, and how they are told apart."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.hadoop.binding import authority, binding
from serai.builtin_plugins.hadoop.topology import cluster_info, file_system
from serai.hookspec.errors import NotFound
from serai.hookspec.objects import Cluster, Instance

Placed = Callable[..., Cluster]


def test_everything_listens_on_its_instances_own_address(placed: Placed) -> None:
    """A port of the user's is taken, the host part is not."""
    made = placed({"service:HDFS": {"dfs.datanode.address": "0.0.0.0:50010"}})
    assert authority(made.instances_with("datanode")[1], "dfs.datanode.address") == "10.0.2.2:50010"
    assert file_system(made) == "hdfs://10.0.1.1:8020"


def test_datanodes_of_one_machine_differ_by_port(placed: Placed) -> None:
    """All of them come from 127.0.0.1; no port is given twice, and all ports of one DataNode move alike."""
    made = placed(net="127.64")
    names = ("dfs.datanode.address", "dfs.datanode.http.address", "dfs.datanode.ipc.address")
    found = [binding(each, name) for each in made.instances_with("datanode") for name in names]
    assert {host for host, _ in found} == {"127.0.0.1"}
    assert len({port for _, port in found}) == len(found)
    assert all(9864 <= port < 32768 for _, port in found)


def test_other_processes_of_one_machine_differ_by_address(placed: Placed) -> None:
    """Their connections are not asked where they come from."""
    made = placed(net="127.64")
    assert authority(made.instances[0], "dfs.namenode.rpc-address") == "127.64.1.1:8020"


@pytest.mark.parametrize("port", [9866, 40000, 65535])
def test_a_moved_port_is_a_port(placed: Placed, port: int) -> None:
    """Whatever port was chosen, and whatever the address."""
    made = placed({"service:HDFS": {"dfs.datanode.address": f"0.0.0.0:{port}"}}, net="127.64")
    for last in (1, 77, 254):
        instance: Instance = made.instances_with("datanode")[0]
        instance.internal_ip = f"127.126.255.{last}"
        assert 1024 <= binding(instance, "dfs.datanode.address")[1] <= 65535


def test_what_is_published_leads_people_there(placed: Placed) -> None:
    """Programs get the address within the cluster, people the one they reach."""
    made = placed()
    made.instances[0].management_ip = "192.0.2.1"
    assert cluster_info(made) == {
        "HDFS": {"File system": "hdfs://10.0.1.1:8020", "NameNode Web UI": "http://192.0.2.1:9870"},
        "YARN": {"ResourceManager Web UI": "http://192.0.2.1:8088"},
        "MapReduce": {"JobHistory Web UI": "http://192.0.2.1:19888"},
    }


def test_a_cluster_without_its_namenode_says_so(placed: Placed) -> None:
    """Rather than naming some other machine."""
    made = placed()
    made.node_group("master").remove_instance(made.instances[0])
    with pytest.raises(NotFound) as refusal:
        file_system(made)
    assert refusal.value.code == "HADOOP_NO_NAMENODE"
