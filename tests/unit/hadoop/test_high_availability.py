"""Two NameNodes over one namespace: what they are told, and what is done once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop import reserved
from serai.builtin_plugins.hadoop.daemons import DAEMONS, daemon_service
from serai.builtin_plugins.hadoop.formatting import LostNamespace, format_once
from serai.builtin_plugins.hadoop.generated import generated_properties
from serai.builtin_plugins.hadoop.high_availability import complaint
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.namenode import ACTIVE, Blocks, NameNodeState
from serai.builtin_plugins.hadoop.numbering import numbers, remember_numbers
from serai.builtin_plugins.hadoop.topology import cluster_info, file_system
from serai.builtin_plugins.hadoop.zookeeper import SERVING, parse_zookeeper, zookeeper_files
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.services import Listening
from serai.hookspec.testing.fleet import VirtualClock
from serai.hookspec.testing.stage.run import StageRun

Placed = Callable[..., Cluster]
SHAPE = {
    "names": (["namenode", "zkfc", "journalnode", "zookeeper"], 2),
    "third": (["journalnode", "zookeeper", "resourcemanager"], 1),
    "workers": (["datanode", "nodemanager"], 3),
}


@pytest.fixture
def pair(placed: Placed) -> Cluster:
    """Two NameNodes, and all they need."""
    return placed(**SHAPE)


def hdfs(instance: Instance) -> dict[str, str]:
    """What is generated for ``hdfs-site.xml``."""
    return dict(generated_properties(instance)["hdfs"])


def state(role: str, safe_mode: str = "") -> NameNodeState:
    """What a NameNode says."""
    return NameNodeState(role, safe_mode, (), Blocks(0, 0, 0), {})


def test_everybody_finds_the_active_namenode(pair: Cluster) -> None:
    """By the name of both, and the address of each."""
    assert file_system(pair) == "hdfs://demo"
    for instance in pair.instances:
        found = hdfs(instance)
        assert generated_properties(instance)["core"]["fs.defaultFS"] == "hdfs://demo"
        assert (found["dfs.nameservices"], found["dfs.ha.namenodes.demo"]) == ("demo", "nn1,nn2")
        assert found["dfs.namenode.rpc-address.demo.nn1"] == "10.0.1.1:8020"
        assert found["dfs.namenode.http-address.demo.nn2"] == "10.0.1.2:9870"
        assert found["dfs.client.failover.proxy.provider.demo"].endswith(".ConfiguredFailoverProxyProvider")
        assert "dfs.namenode.rpc-address" not in found
        journals = "10.0.1.1:8485;10.0.1.2:8485;10.0.2.1:8485"
        assert found["dfs.namenode.shared.edits.dir"] == f"qjournal://{journals}/demo"
        core = generated_properties(instance)["core"]
        assert core["ha.zookeeper.quorum"] == "10.0.1.1:2181,10.0.1.2:2181,10.0.2.1:2181"


def test_each_namenode_knows_which_it_is(pair: Cluster) -> None:
    """Who is neither has no id."""
    assert [hdfs(each).get("dfs.ha.namenode.id") for each in pair.instances[:3]] == ["nn1", "nn2", None]


def test_no_user_can_set_what_is_generated_for_two(pair: Cluster) -> None:
    """Each is reserved, or says where something listens."""
    found = {name for each in pair.instances for file in generated_properties(each).values() for name in file}
    assert [name for name in found if not reserved.reason(name) and name not in LISTENING] == []


def test_both_pages_are_told(pair: Cluster) -> None:
    """Which is active changes."""
    assert cluster_info(pair)["HDFS"] == {
        "File system": "hdfs://demo",
        "NameNode on demo-names-1 Web UI": "http://10.0.1.1:9870",
        "NameNode on demo-names-2 Web UI": "http://10.0.1.2:9870",
    }


def test_numbers_stay_when_others_go(pair: Cluster) -> None:
    """Who comes takes one that is free; nobody's changes."""
    remember_numbers(pair)
    group = pair.node_group("names")
    gone = group.instances[0]
    group.remove_instance(gone)
    assert numbers(pair, "zookeeper") == {"demo-names-2": 2, "demo-third-1": 3}
    group.add_instance(Instance("demo-names-3", "demo-names-3", "10.0.1.3", "10.0.1.3"))
    assert numbers(pair, "zookeeper") == {"demo-names-2": 2, "demo-names-3": 1, "demo-third-1": 3}
    assert numbers(pair, "namenode") == {"demo-names-2": 2, "demo-names-3": 1}


def test_servers_of_zookeeper_know_each_other_by_number(pair: Cluster) -> None:
    """The same list everywhere, a number of its own for each; nothing where there is none."""
    third = pair.node_group("third").instances[0]
    files = {path.rpartition("/")[2]: text for path, text in zookeeper_files(third).items()}
    assert files["myid"] == "3\n"
    lines = files["zoo.cfg"].splitlines()
    assert [line for line in lines if line.startswith("server.")] == [
        "server.1=10.0.1.1:2888:3888",
        "server.2=10.0.1.2:2888:3888",
        "server.3=10.0.2.1:2888:3888",
    ]
    assert {"clientPortAddress=10.0.2.1", "admin.serverAddress=10.0.2.1", "clientPort=2181"} <= set(lines)
    assert zookeeper_files(pair.instances_with("datanode")[0]) == {}


def test_processes_of_the_pair_are_ready_on_their_own_address(pair: Cluster) -> None:
    """Nothing listens on an address of others."""
    first = pair.instances[0]
    ready = {process: daemon_service(first, process).ready for process in first.node_group.node_processes}
    assert ready["zkfc"] == (Listening(8019, "10.0.1.1"),)
    assert ready["zookeeper"] == (Listening(2181, "10.0.1.1"),)
    assert ready["journalnode"] == (Listening(8485, "10.0.1.1"), Listening(8480, "10.0.1.1"))
    assert daemon_service(first, "zookeeper").argv[-1].endswith("/conf/hadoop/zoo.cfg")
    assert list(DAEMONS).index("journalnode") < list(DAEMONS).index("namenode") < list(DAEMONS).index("zkfc")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((state(ACTIVE), state("standby")), ""),
        ((state("standby"), state(ACTIVE)), ""),
        ((state("standby"), state("standby")), "they are standby and standby"),
        ((state(ACTIVE), state(ACTIVE)), "they are active and active"),
        ((state(ACTIVE), RemoteError("no")), "the one of b does not answer"),
        ((state(ACTIVE), state("standby", "on")), "the one of b is in safe mode"),
        ((RemoteError("no"), state("standby", "on")), "the one of a does not answer; the one of b is in safe mode"),
    ],
)
def test_what_is_no_pair_is_told(states: tuple[NameNodeState | RemoteError, ...], expected: str) -> None:
    """Two that take themselves for active are none either."""
    assert complaint(dict(zip("ab", states, strict=True))) == expected


def test_edits_of_another_namespace_are_not_formatted_away(pair: Cluster) -> None:
    """No NameNode has an image, and a JournalNode has what was written to one."""
    third = pair.node_group("third").instances[0]
    current = Path(third.storage_paths[0]) / "hdfs/journal/demo/current"
    current.mkdir(parents=True)
    (current / "edits_0000000000000000001-0000000000000000002").touch()
    with pytest.raises(LostNamespace, match="JournalNodes have edits already: demo-third-1"):
        format_once(pair, pair.instances[0], StageRun(VirtualClock()))


def test_journals_that_were_made_ready_alone_are_made_ready_again(pair: Cluster) -> None:
    """A formatting that was interrupted leaves some of them so: they hold no edits."""
    first, third = pair.instances[0], pair.node_group("third").instances[0]
    ready = Path(third.storage_paths[0]) / "hdfs/journal/demo/current"
    ready.mkdir(parents=True)
    (ready / "VERSION").touch()
    java = Path(first.remote.layout.dist) / "hadoop/java/bin/java"
    java.parent.mkdir(parents=True)
    java.write_text('#!/bin/sh\necho "$*" >"${0%/*}/asked"\n')
    java.chmod(0o755)
    format_once(pair, first, StageRun(VirtualClock()))
    assert java.with_name("asked").read_text().endswith("NameNode -format -force -nonInteractive\n")


@pytest.mark.parametrize("word", ["leader", "follower", "standalone"])
def test_a_server_that_serves_says_as_what(word: str) -> None:
    """As ZooKeeper 3.8 answers."""
    assert parse_zookeeper(b'{"error": null, "server_stats": {"server_state": "%s"}}' % word.encode()) in SERVING


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b'{"error": "This ZooKeeper instance is not currently serving requests"}', "ZOOKEEPER_NOT_SERVING"),
        (b"<html>", "HADOOP_UNREADABLE_ZOOKEEPER"),
        (b'{"error": null}', "HADOOP_UNREADABLE_ZOOKEEPER"),
        (b'{"error": null, "server_stats": {"server_state": 1}}', "HADOOP_UNREADABLE_ZOOKEEPER"),
    ],
)
def test_a_server_that_does_not_serve_proves_nothing(answer: bytes, code: str) -> None:
    """Nor does anybody else who listens there."""
    with pytest.raises(RemoteError) as caught:
        parse_zookeeper(answer, "host")
    assert caught.value.code == code
