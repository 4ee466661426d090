"""What it takes to change a value of a Hadoop cluster that runs, what is said about it, and what is done."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from serai.builtin_plugins.hadoop import settings
from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.failover import in_turn
from serai.builtin_plugins.hadoop.jobs.tools import spark_home
from serai.builtin_plugins.hadoop.namenode import ACTIVE, Blocks, NameNodeState
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.hadoop.processes import PROCESSES
from serai.builtin_plugins.hadoop.testing import hold_containers
from serai.hookspec.changes import Changes, Step
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.errors import DeadlineExceeded, RemoteError
from serai.hookspec.objects import Cluster, Secret
from serai.hookspec.testing.fleet import Asked, said

Clusters = Callable[..., Cluster]
PAIR = {
    "names": (["namenode", "zkfc", "journalnode", "zookeeper"], 2),
    "third": (["journalnode", "zookeeper"], 1),
    "workers": (["datanode"], 2),
}
LIVE, ROLLING, RESTART, IMMUTABLE = (
    UpdatePolicy.LIVE,
    UpdatePolicy.ROLLING,
    UpdatePolicy.RESTART,
    UpdatePolicy.IMMUTABLE,
)
BY_NAME = {config.name: config for config in configs("3.5.0")}


def test_whatever_touches_processes_touches_those_of_hadoop() -> None:
    """None is read anew by processes that go on: what they would not read again restarts them."""
    known = {process for processes in PROCESSES.values() for process in processes}
    assert {config.update_policy for config in BY_NAME.values()} == {LIVE, ROLLING, RESTART, IMMUTABLE}
    for config in BY_NAME.values():
        assert set(config.update_processes) <= known
        assert bool(config.update_processes) == (config.update_policy in (ROLLING, RESTART))


def test_what_others_know_a_datanode_by_stays() -> None:
    """The NameNode's list of members has its port."""
    assert BY_NAME["dfs.datanode.address"].update_policy is IMMUTABLE


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, "fs.s3a.bucket.logs.endpoint here", LIVE),
        ("fs.s3a.bucket.logs.endpoint here", None, LIVE),
        ("dfs.unheard.of 1", "dfs.unheard.of   1\n# the same", LIVE),
        ("dfs.unheard.of 1", "dfs.unheard.of 2", None),
        (None, "fs.s3a.bucket.logs.endpoint here\nyarn.unheard.of 1", None),
    ],
)
def test_extra_properties_of_jobs_disturb_nothing(
    cluster: Clusters, old: str | None, new: str | None, expected: UpdatePolicy | None
) -> None:
    """What differs counts, not what is there; in clear or secret."""
    made = cluster()
    assert HADOOP.get_update_policy(made, settings.EXTRA["core"], old, new) is expected
    hidden = [None if text is None else Secret(text) for text in (old, new)]
    assert HADOOP.get_update_policy(made, settings.SECRET_EXTRA["core"], *hidden) is expected


def test_two_namenodes_keep_their_ports(cluster: Clusters) -> None:
    """ZooKeeper remembers the active one by it; one alone may change."""
    config: Config = BY_NAME["dfs.namenode.rpc-address"]
    values = ("0.0.0.0:8020", "0.0.0.0:9000")
    assert HADOOP.get_update_policy(cluster(**PAIR), config, *values) is IMMUTABLE
    assert HADOOP.get_update_policy(cluster(), config, *values) is None


def told(cluster: Cluster, *steps: Step) -> str:
    """What is said of changes with these steps."""
    return " ".join(HADOOP.get_disruptions(cluster, Changes((), steps, steps[0])))


def test_what_is_lost_is_told(cluster: Clusters) -> None:
    """Two NameNodes take turns, unless all of HDFS is touched."""
    live = Step("live")
    name, data = Step("restart", {"namenode": ["n"]}), Step("rolling", {"datanode": ["w"]})
    assert told(cluster(), live) == ""
    assert told(cluster(), live, name).startswith("HDFS is restarted")
    assert told(cluster(**PAIR), live, name).startswith("The NameNodes are restarted in turn")
    everything = Step("restart", {"namenode": ["n"], "datanode": ["w"]})
    assert told(cluster(**PAIR), live, everything).startswith("HDFS is restarted")
    assert "only replica" in told(cluster(), live, data)
    alone = cluster(master=(["namenode", "resourcemanager"], 1), workers=(["datanode", "nodemanager"], 1))
    managers = Step("rolling", {"nodemanager": ["w"]})
    assert "no other NodeManager" in told(alone, live, managers)
    assert "no other" not in told(cluster(), live, managers)
    assert "ResourceManager is restarted" in told(cluster(), live, Step("restart", {"resourcemanager": ["m"]}))


def test_the_active_namenode_is_the_last(placed: Any) -> None:
    """So that there is one all the time; one that does not answer is not the active one."""
    first, second = placed(**PAIR).instances_with("namenode")
    active = NameNodeState(ACTIVE, "", (), Blocks(0, 0, 0), {})
    names = (first.instance_name, second.instance_name)
    assert in_turn([first, second], dict(zip(names, (active, RemoteError("no")), strict=True))) == [second, first]
    assert in_turn([first, second], dict(zip(names, (RemoteError("no"), active), strict=True))) == [first, second]


def done(masters: Any, cluster: Cluster, step: Step) -> list[str]:
    """Take one step; which services were touched, and how, in order."""
    calls = masters.stage.fleet.journal.calls
    before = len(calls)
    masters.stage.reconfigure_cluster(cluster, Changes((), (step,), step))
    touching = ("start", "stop", "restart")
    return [f"{call.kind} {call.words[0]} {host}" for host, call in calls[before:] if call.kind in touching]


def test_live_values_touch_no_process(masters: Any, running: Cluster) -> None:
    """They are written."""
    running.cluster_configs = {"service:HDFS": {"dfs.replication": 3}}
    assert done(masters, running, Step("live")) == []
    (site,) = (file for path, file in masters.master.files.items() if path.endswith("/hdfs-site.xml"))
    assert b"<name>dfs.replication</name>\n    <value>3</value>" in site.content


def test_spark_comes_to_a_cluster_that_runs(masters: Any, running: Cluster) -> None:
    """For jobs that begin later, beside the release that others may run with; no process is touched."""
    running.cluster_configs = {"general": {"Spark": "4.3.0"}}
    assert done(masters, running, Step("live")) == []
    links = [call.words[-1] for _, call in masters.stage.fleet.journal.calls if call.words[:1] == ("ln",)]
    assert [link for link in links if link.endswith("/spark-4.3.0")] == [spark_home(running.instances[0])]


def test_datanodes_are_restarted_one_after_the_other(masters: Any, running: Cluster) -> None:
    """Each is registered again before the next one is touched."""
    names = ["demo-workers-1", "demo-workers-2"]
    touched = done(masters, running, Step("rolling", {"datanode": names}))
    assert touched == [f"restart hadoop-datanode {name}" for name in names]


def test_no_other_datanode_is_touched_before_one_is_back(masters: Any, running: Cluster) -> None:
    """The NameNode goes on listing it as live; it is the DataNode that has not registered."""
    actors = [{"NamenodeAddress": f"{masters.master.address}:8020", "ActorState": "CONNECTING"}]
    bean = {"name": "Hadoop:service=DataNode,name=DataNodeInfo", "BPServiceActorInfo": json.dumps(actors)}
    answer = said(json.dumps({"beans": [bean]}))
    masters.stage.fleet.answer(lambda asked: "DataNodeInfo" in asked.argv[-1], answer)
    before = len(masters.stage.fleet.journal.calls)
    with pytest.raises(DeadlineExceeded, match="registered again"):
        done(masters, running, Step("rolling", {"datanode": ["demo-workers-1", "demo-workers-2"]}))
    restarted = [host for host, call in masters.stage.fleet.journal.calls[before:] if call.kind == "restart"]
    assert restarted == ["demo-workers-1"]


def test_blocks_that_went_missing_stop_it(masters: Any, running: Cluster) -> None:
    """More than before are."""
    looks = count()

    def heard(asked: Asked) -> bool:
        if "/jmx?qry=Hadoop:service=NameNode" in asked.argv[-1] and next(looks):
            masters.hadoop.beans.missing = 2  # from the second look on
        return False

    masters.stage.fleet.answer(heard, said())
    with pytest.raises(DeadlineExceeded, match="with all their blocks"):
        done(masters, running, Step("rolling", {"datanode": ["demo-workers-1"]}))


def test_a_nodemanager_finishes_its_containers_first(masters: Any, running: Cluster) -> None:
    """It is told to leave, ends, and is a member again before it is started; the DataNode beside it goes on."""
    touched = done(masters, running, Step("rolling", {"nodemanager": ["demo-workers-2"]}))
    assert [each for each in touched if "datanode" in each] == []
    assert touched[-1].startswith("start hadoop-nodemanager demo-workers-2")
    assert masters.hadoop.yarn.refreshed == [("-refreshNodes", "-g", "300", "-server"), ("-refreshNodes",)]
    assert masters.listed("yarn.exclude") == masters.listed("dfs.exclude") == []
    assert masters.stage.fleet.host("demo-workers-2").processes.status("hadoop-nodemanager").is_running


def test_one_whose_containers_do_not_finish_stays(masters: Any, running: Cluster) -> None:
    """It is in service again, with its former values."""
    hold_containers(masters.stage.fleet, "demo-workers-2")
    with pytest.raises(DeadlineExceeded, match="to finish"):
        done(masters, running, Step("rolling", {"nodemanager": ["demo-workers-2"]}))
    assert masters.listed("yarn.exclude") == []


def test_masters_go_last_and_come_first(masters: Any, running: Cluster) -> None:
    """Of what is restarted at once."""
    workers = [f"demo-workers-{number}" for number in (1, 2, 3)]
    step = Step("restart", {"namenode": ["demo-master-1"], "datanode": workers})
    touched = [" ".join(each.split()[:2]) for each in done(masters, running, step)]
    assert list(dict.fromkeys(touched)) == [
        "stop hadoop-datanode",
        "stop hadoop-namenode",
        "start hadoop-namenode",
        "start hadoop-datanode",
    ]
