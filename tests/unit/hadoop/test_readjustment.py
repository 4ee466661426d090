"""What other numbers of instances change on a Hadoop cluster that runs, without a restart."""

from typing import Any

from serai.builtin_plugins.hadoop.resourcemanager import ask_nodemanagers
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup
from serai.hookspec.testing.fleet.faults import UNREACHABLE

MASTER, WORKER = ["namenode", "resourcemanager"], ["datanode", "nodemanager"]
NODEMANAGER = "yarn.nodemanager.resource.memory-mb"


def made(masters: Any, workers: int) -> Cluster:
    """A cluster that runs, all of it on one machine."""
    facts = Facts(machine_id="m", cpus=4, memory_mb=24000)
    groups = [NodeGroup("master", 1, MASTER, facts=facts), NodeGroup("workers", workers, WORKER, facts=facts)]
    cluster: Cluster = masters.stage.cluster(Cluster("demo", "hadoop", VERSIONS[0], groups))
    masters.stage.create(cluster)
    return cluster


def written(masters: Any, host: str, name: str) -> str:
    """The value of a property in a host's files."""
    files = masters.stage.fleet.host(host).files.items()
    content = b"".join(file.content for path, file in files if path.endswith("-site.xml")).decode()
    return content.partition(f"<name>{name}</name>")[2].partition("<value>")[2].partition("<")[0]


def recommended(cluster: Cluster) -> int:
    """What each NodeManager is to hand out by now."""
    memory: int = cluster.recommended_values("workers")["service:YARN"][NODEMANAGER]
    return memory


def handed_out(cluster: Cluster) -> set[int]:
    """What NodeManagers do hand out."""
    return {each.memory for each in ask_nodemanagers(cluster).listed}


def test_clients_make_as_many_copies_as_are_recommended_by_now(masters: Any) -> None:
    """Where HDFS was made with one DataNode, and by nodes that were there before."""
    cluster = made(masters, 1)
    assert written(masters, "demo-master-1", "dfs.replication") == "1"
    masters.stage.scale(cluster, {"workers": 3})
    for host in ("demo-master-1", "demo-workers-1", "demo-workers-3"):
        assert written(masters, host, "dfs.replication") == "3"


def test_those_that_stay_hand_out_what_the_others_leave(masters: Any) -> None:
    """Jobs ask for larger containers, too, then: else YARN would refuse them all."""
    cluster = made(masters, 5)
    before = recommended(cluster)
    assert handed_out(cluster) == {before}
    masters.stage.scale(cluster, {"workers": 3})
    assert recommended(cluster) > before
    assert handed_out(cluster) == {recommended(cluster)}
    assert masters.hadoop.yarn.limits_read == 1
    limit = written(masters, "demo-master-1", "yarn.scheduler.maximum-allocation-mb")
    assert limit == str(recommended(cluster))


def test_nothing_that_runs_is_given_less(masters: Any) -> None:
    """A job may have asked for a container of that size."""
    cluster = made(masters, 3)
    before = recommended(cluster)
    masters.stage.scale(cluster, {"workers": 5})
    assert recommended(cluster) < before
    assert handed_out(cluster) == {before, recommended(cluster)}
    assert masters.hadoop.yarn.limits_read == 0


def test_a_node_that_stays_and_does_not_answer_holds_up_nobody_who_leaves(masters: Any) -> None:
    """Health tells of it."""
    cluster = made(masters, 5)
    journal = masters.stage.fleet.journal
    journal.plan(UNREACHABLE, when=lambda host, call: host == "demo-workers-1" and call.kind == "put", times=9)
    masters.stage.scale(cluster, {"workers": 4})
    assert len(cluster.node_group("workers").instances) == 4
