"""Which scalings the Hadoop plugin refuses, and how it says so."""

from collections.abc import Callable

from serai.builtin_plugins.hadoop.scaling import scaling_problems
from serai.hookspec.objects import Cluster, Instance

HDFS = "service:HDFS"
WORKER = ["datanode", "nodemanager"]
MASTER = (["namenode", "resourcemanager"], 1)


def told(cluster: Cluster, existing: dict[str, int], additional: dict[str, int] | None = None) -> list[tuple[str, str]]:
    """Code and message of each problem."""
    return [(error.code, error.error_message) for error in scaling_problems(cluster, existing, additional or {})]


def test_workers_come_and_go(cluster: Callable[..., Cluster]) -> None:
    """As long as there are as many as blocks have copies."""
    made = cluster(master=MASTER, workers=(WORKER, 4))
    assert told(made, {"workers": 9}) == told(made, {"workers": 3}) == []


def test_groups_with_anything_else_stay(cluster: Callable[..., Cluster]) -> None:
    """The processes that cannot be scaled are listed."""
    made = cluster(master=MASTER, workers=(WORKER, 3))
    assert told(made, {"master": 2})[0] == (
        "NODE_GROUP_CANNOT_BE_SCALED",
        "node group master cannot be scaled: it has namenode, resourcemanager",
    )


def test_fewer_datanodes_than_copies_are_refused(cluster: Callable[..., Cluster]) -> None:
    """Blocks could not go anywhere, and the scaling would wait until its time is over."""
    made = cluster(master=MASTER, workers=(WORKER, 4))
    assert told(made, {"workers": 2}) == [
        (
            "CLUSTER_CANNOT_BE_SCALED",
            "2 of 4 datanodes would remain, and blocks have 3 copies, each on another datanode",
        )
    ]


def test_copies_are_those_of_the_cluster_that_is(cluster: Callable[..., Cluster]) -> None:
    """What is recommended for the two that remain does not change the files there are; what the user gave counts."""
    made = cluster(master=MASTER, workers=(WORKER, 3))
    smaller = cluster(master=MASTER, workers=(WORKER, 2))
    made.recommendations = smaller.recommendations
    assert [code for code, _ in told(made, {"workers": 2})] == ["CLUSTER_CANNOT_BE_SCALED"]
    made.cluster_configs = {HDFS: {"dfs.replication": 2}}
    assert told(made, {"workers": 2}) == []


def test_datanodes_that_come_make_up_for_those_that_go(cluster: Callable[..., Cluster]) -> None:
    """In another group, or in one that is added."""
    made = cluster(master=MASTER, old=(WORKER, 3), new=(["datanode"], 0))
    assert told(made, {"old": 0, "new": 3}) == [
        ("MISSING_SERVICE", "nodemanager is missing; it is required by resourcemanager")
    ]
    assert told(made, {"old": 1, "new": 2}) == []
    made.node_group("new").count = 2  # as an added group has it already
    assert told(made, {"old": 1}, {"new": 2}) == []


def test_no_cluster_is_scaled_to_nothing(cluster: Callable[..., Cluster]) -> None:
    """Neither HDFS nor YARN."""
    made = cluster(master=MASTER, workers=(WORKER, 1))
    assert [code for code, _ in told(made, {"workers": 0})] == ["INVALID_COMPONENT_COUNT", "MISSING_SERVICE"]


def test_nodemanagers_that_are_added_need_a_resourcemanager(cluster: Callable[..., Cluster]) -> None:
    """In a cluster that is HDFS alone."""
    made = cluster(master=(["namenode"], 1), store=(["datanode"], 3), compute=(["nodemanager"], 0))
    assert told(made, {"compute": 2}) == [
        ("MISSING_SERVICE", "resourcemanager is missing; it is required by nodemanager")
    ]


def test_the_cluster_that_is_asked_about_stays_as_it_is(cluster: Callable[..., Cluster]) -> None:
    """Its instances belong to its own groups still."""
    made = cluster(master=MASTER, workers=(WORKER, 3))
    instance = made.node_group("workers").add_instance(Instance("i-1"))
    scaling_problems(made, {"workers": 5}, {})
    assert instance.node_group is made.node_group("workers")
    assert instance.node_group.cluster is made
    assert made.node_group("workers").count == 3
