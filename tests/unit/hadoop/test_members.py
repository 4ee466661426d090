"""The lists of who belongs to a cluster, and the racks they stand in."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from serai.builtin_plugins.hadoop.hosts_files import Members, hosts_files
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.racks import rack_files, rack_of, rack_properties
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.remote import File


def stand(cluster: Cluster, **racks: str) -> None:
    """Put instances into racks, by address with underscores."""
    for instance in cluster.instances:
        instance.nova_info["rack"] = racks.get("at_" + instance.internal_ip.replace(".", "_"), "")


def test_members_are_listed_as_the_masters_know_them(placed: Any) -> None:
    """Address and port of DataNodes, hosts of NodeManagers; who leaves is a member still."""
    made = placed()
    master, *workers = made.instances
    files = hosts_files(master, Members(made.instances, workers[:1]))
    assert {path.rpartition("/")[2]: text for path, text in files.items()} == {
        "dfs.include": "10.0.2.1:9866\n10.0.2.2:9866\n10.0.2.3:9866\n",
        "dfs.exclude": "10.0.2.1:9866\n",
        "yarn.include": "10.0.2.1\n10.0.2.2\n10.0.2.3\n",
        "yarn.exclude": "10.0.2.1\n",
    }
    assert hosts_files(workers[0], Members(made.instances)) == {}


def test_each_master_has_its_own_lists(placed: Any) -> None:
    """The NameNode of one machine, the ResourceManager of another."""
    made = placed(name=(["namenode"], 1), manager=(["resourcemanager"], 1), workers=(["datanode", "nodemanager"], 3))
    name, manager, *_ = made.instances
    lists = [sorted(path.rpartition("/")[2] for path in hosts_files(each, Members(()))) for each in (name, manager)]
    assert lists == [["dfs.exclude", "dfs.include"], ["yarn.exclude", "yarn.include"]]


@pytest.mark.parametrize(
    ("rack", "expected"), [("", "/default-rack"), ("r1", "/r1"), ("row 2/rack 3", "/row-2-rack-3"), ("ü", "/-")]
)
def test_racks_are_all_on_one_level(rack: str, expected: str) -> None:
    """HDFS refuses nodes at different depths."""
    assert rack_of(Instance(nova_info={"rack": rack})) == expected


def test_nothing_is_written_where_no_rack_is_known(placed: Any) -> None:
    """Hadoop's own default is right then."""
    made = placed()
    assert rack_files(made.instances[0], made.instances) == rack_properties(made.instances[0], made.instances) == {}


def test_the_program_finds_racks_in_the_table_of_that_moment(placed: Any) -> None:
    """Whole addresses: 10.0.2.1 is not 10.0.2.10; a node added later is known without a restart."""
    made = placed()
    master = made.instances[0]
    stand(made, at_10_0_2_1="r1", at_10_0_2_2="r2")

    def look_up(*addresses: str) -> list[str]:
        files = {path: each if isinstance(each, File) else File(each) for path, each in found.items()}
        master.remote.put(files)
        program = rack_properties(master, made.instances)["net.topology.script.file.name"]
        return subprocess.run([program, *addresses], capture_output=True, text=True, check=True).stdout.split()

    found = rack_files(master, made.instances)
    assert look_up("10.0.2.2", "10.0.2.1", "10.0.2.10", "10.0.2.3") == ["/r2", "/r1", "/default-rack", "/default-rack"]
    stand(made, at_10_0_2_1="r1", at_10_0_2_3="r3")
    found = rack_files(master, made.instances)
    assert look_up("10.0.2.3") == ["/r3"]
    assert Path(hadoop_paths(master).racks).read_text() == "10.0.2.1 /r1\n10.0.2.3 /r3\n"


def test_a_node_that_comes_is_announced_before_it_is_started(masters: Any, running: Cluster) -> None:
    """A DataNode that is no member is turned away, and ends."""
    masters.stage.scale(running, {"workers": 4})
    calls = masters.stage.fleet.journal.calls
    started = next(
        number for number, (host, call) in enumerate(calls) if host == "demo-workers-4" and call.kind == "start"
    )
    told = max(number for number, (_, call) in enumerate(calls) if "-refreshNodes" in call.words)
    assert told < started
    assert len(masters.listed("dfs.include")) == len(masters.listed("yarn.include")) == 4
