"""Taking nodes out of a cluster, from the first list to the last process, whatever happens meanwhile."""

from typing import Any

import pytest

from serai.builtin_plugins.hadoop.testing import hold_blocks, hold_containers
from serai.hookspec.errors import DeadlineExceeded, HostsFailed
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.testing.fleet.faults import CRASH, UNREACHABLE, Crash


def running_on(masters: Any, name: str) -> list[str]:
    """The services that run on a host."""
    processes = masters.stage.fleet.host(name).processes
    return [each for each in ("hadoop-datanode", "hadoop-nodemanager") if processes.status(each).is_running]


def leaving(cluster: Cluster, number: int = 3) -> Instance:
    """A worker."""
    return cluster.node_group("workers").instances[number - 1]


def addresses(cluster: Cluster) -> list[str]:
    """Of the DataNodes, as the NameNode knows them."""
    return [f"{each.internal_ip}:9866" for each in cluster.node_group("workers").instances]


def test_a_drained_node_is_in_no_list_and_runs_nothing(masters: Any, running: Cluster) -> None:
    """The others are untouched."""
    gone = leaving(running)
    masters.stage.decommission_nodes(running, [gone])
    assert running_on(masters, gone.instance_name) == []
    assert (masters.listed("dfs.include"), masters.listed("dfs.exclude")) == (addresses(running)[:2], [])
    assert gone.internal_ip not in masters.listed("yarn.include") + masters.listed("yarn.exclude")
    assert running_on(masters, leaving(running, 1).instance_name) == ["hadoop-datanode", "hadoop-nodemanager"]


def test_containers_get_the_time_they_were_promised_from_yarn_itself(masters: Any, running: Cluster) -> None:
    """A client that waited could be lost; when they have left, the lists are read at once."""
    masters.stage.decommission_nodes(running, [leaving(running)])
    assert masters.hadoop.yarn.refreshed == [("-refreshNodes", "-g", "300", "-server"), ("-refreshNodes",)]


def test_no_process_is_stopped_before_it_is_proved_that_its_blocks_are_elsewhere(
    masters: Any, running: Cluster
) -> None:
    """The NameNode says Decommissioned, and a block is in want of a replica."""
    masters.hadoop.beans.under_replicated = 1
    with pytest.raises(DeadlineExceeded, match="1 blocks under-replicated") as error:
        masters.stage.decommission_nodes(running, [leaving(running)])
    assert error.value.code == "HADOOP_NOT_DRAINED"
    stops = [name for name, call in masters.stage.fleet.journal.calls if call.kind == "stop"]
    assert stops == []


def test_files_that_ask_for_more_than_there_is_keep_nobody(masters: Any, running: Cluster) -> None:
    """TeraSort wants ten replicas of a list; a replica on every DataNode that stays is all there can be."""
    masters.hadoop.beans.under_replicated, masters.hadoop.files.wanted = 2, [(10, 2), (10, 2)]
    masters.stage.decommission_nodes(running, [leaving(running)])


@pytest.mark.parametrize("wanted", [[(10, 2), (10, 1)], [(3, 1), (3, 1)], [(10, 2)], None])
def test_one_block_that_could_have_more_replicas_keeps_a_node(
    masters: Any, running: Cluster, wanted: list[tuple[int, int]] | None
) -> None:
    """So does one of which the check of all files says nothing, and a check that breaks off."""
    masters.hadoop.beans.under_replicated, masters.hadoop.files.wanted = 2, wanted
    with pytest.raises(DeadlineExceeded, match="2 blocks under-replicated"):
        masters.stage.decommission_nodes(running, [leaving(running)])


def test_nodes_that_cannot_be_drained_in_time_are_in_service_again(masters: Any, running: Cluster) -> None:
    """The NodeManager, which ended itself when it had finished, too."""
    kept = leaving(running)
    hold_blocks(masters.stage.fleet, kept.instance_name)
    with pytest.raises(DeadlineExceeded, match=f"in service again: {kept.instance_name}: .*7 blocks left") as error:
        masters.stage.decommission_nodes(running, [kept])
    assert "DataNodes decommissioning timeout" in error.value.hint
    assert masters.listed("dfs.include") == addresses(running)
    assert masters.listed("dfs.exclude") == masters.listed("yarn.exclude") == []
    assert running_on(masters, kept.instance_name) == ["hadoop-datanode", "hadoop-nodemanager"]


def test_containers_that_never_end_keep_their_node(masters: Any, running: Cluster) -> None:
    """YARN should have ended them; as it did not, the node stays."""
    hold_containers(masters.stage.fleet, leaving(running).instance_name)
    with pytest.raises(DeadlineExceeded, match="the containers of demo-workers-3 to finish"):
        masters.stage.decommission_nodes(running, [leaving(running)])
    assert masters.listed("yarn.exclude") == []


def test_a_node_that_is_dead_already_leaves_once_its_blocks_are_elsewhere(masters: Any, running: Cluster) -> None:
    """Its machine does not answer: there is nothing to stop."""
    gone = leaving(running)
    masters.stage.fleet.host(gone.instance_name).is_cut_off = True
    masters.stage.decommission_nodes(running, [gone])
    assert masters.listed("dfs.include") == addresses(running)[:2]


def test_a_dead_node_whose_blocks_are_nowhere_else_stays_a_member(masters: Any, running: Cluster) -> None:
    """The NameNode calls it Decommissioned at once; and it cannot be taken back, which is told."""
    gone, masters.hadoop.beans.under_replicated = leaving(running), 4
    masters.stage.fleet.host(gone.instance_name).is_cut_off = True
    with pytest.raises(HostsFailed):
        masters.stage.decommission_nodes(running, [gone])
    assert masters.listed("dfs.include") == addresses(running)


def test_a_machine_that_does_not_answer_but_whose_datanode_does_is_not_given_up(masters: Any, running: Cluster) -> None:
    """It could come back with processes nobody knows of."""
    gone = leaving(running)
    fleet = masters.stage.fleet
    fleet.journal.plan(UNREACHABLE, when=lambda host, call: host == gone.instance_name and call.kind == "stop", times=9)
    with pytest.raises(HostsFailed):
        masters.stage.decommission_nodes(running, [gone])


def test_a_crash_at_any_moment_is_followed_by_the_same_end(masters: Any, running: Cluster) -> None:
    """Whichever call it was before: done again, it finds done what was."""
    stage, gone = masters.stage, leaving(running)
    crashes = 0
    for number in range(1, 100):
        stage.fleet.journal.plan(CRASH, at=number)
        try:
            stage.decommission_nodes(running, [gone])
        except Crash:
            crashes += 1
        finally:
            stage.fleet.journal.forget_plans()
        stage.decommission_nodes(running, [gone])
        assert running_on(masters, gone.instance_name) == []
        assert (masters.listed("dfs.include"), masters.listed("dfs.exclude")) == (addresses(running)[:2], [])
        if crashes < number:
            break
        stage.scale_cluster(running, [gone])
        assert running_on(masters, gone.instance_name) == ["hadoop-datanode", "hadoop-nodemanager"]
    assert crashes > 5


def test_instances_without_datanode_and_nodemanager_have_nothing_to_hand_over(masters: Any) -> None:
    """Nobody is asked."""
    shape = {"master": (["namenode"], 1), "workers": (["datanode"], 1), "edge": (["historyserver"], 1)}
    made = masters.stage.cluster(shape, values={"service:HDFS": {"dfs.replication": 1}})
    masters.stage.create(made)
    before = len(masters.stage.fleet.journal.calls)
    masters.stage.decommission_nodes(made, made.node_group("edge").instances)
    assert len(masters.stage.fleet.journal.calls) == before
