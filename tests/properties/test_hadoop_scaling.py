"""Scalings of Hadoop clusters against a plain statement of their rules."""

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.scaling import scaling_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.objects import Cluster, NodeGroup

KINDS = (["datanode", "nodemanager"], ["datanode"], ["nodemanager"], ["datanode", "journalnode"], ["historyserver"])


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters that could run, the number of copies given or recommended."""
    groups = [
        NodeGroup("master", 1, ["namenode", "resourcemanager"]),
        NodeGroup("workers", draw(st.integers(1, 6)), ["datanode", "nodemanager"]),
        *(
            NodeGroup(f"g{number}", draw(st.integers(0, 4)), list(draw(st.sampled_from(KINDS[:3]))))
            for number in range(draw(st.integers(0, 3)))
        ),
    ]
    made = Cluster("demo", "hadoop", VERSIONS[0], groups)
    present = datanodes(made, {})
    if draw(st.booleans()):
        made.cluster_configs = {"service:HDFS": {"dfs.replication": draw(st.integers(1, present))}}
    made.bind_configs(configs(VERSIONS[0]))
    made.recommendations = tuple(recommendations(made))
    return made


def counts_for(cluster: Cluster) -> st.SearchStrategy[dict[str, int]]:
    """New counts of some groups."""
    return st.dictionaries(st.sampled_from([group.name for group in cluster.node_groups]), st.integers(0, 6))


def total(cluster: Cluster, process: str, counts: dict[str, int]) -> int:
    """How many instances run a process with these counts."""
    return sum(counts.get(group.name, group.count) for group in cluster.node_groups if process in group.node_processes)


def datanodes(cluster: Cluster, counts: dict[str, int]) -> int:
    """How many datanodes there are with these counts."""
    return total(cluster, "datanode", counts)


def copies(cluster: Cluster) -> int:
    """Of each block that there is."""
    return int(cluster.cluster_configs.get("service:HDFS", {}).get("dfs.replication", min(3, datanodes(cluster, {}))))


def codes(cluster: Cluster, existing: dict[str, int], additional: dict[str, int]) -> set[str]:
    """What is said of a scaling."""
    return {problem.code for problem in scaling_problems(cluster, existing, additional)}


@given(clusters(), st.data())
def test_it_finds_exactly_what_the_rules_forbid(cluster: Cluster, data: st.DataObject) -> None:
    """The master stays, blocks have where to go, and neither HDFS nor YARN ends up empty."""
    counts = data.draw(counts_for(cluster))
    before, after = datanodes(cluster, {}), datanodes(cluster, counts)
    masters, managers = (total(cluster, process, counts) for process in ("resourcemanager", "nodemanager"))
    expected = set()
    if counts.get("master", 1) != 1:
        expected |= {"NODE_GROUP_CANNOT_BE_SCALED", "NOT_SINGLE_NAME_NODE"}
    if after == 0 or masters > 1:
        expected.add("INVALID_COMPONENT_COUNT")
    if (masters == 0) != (managers == 0):
        expected.add("MISSING_SERVICE")
    if 0 < after < before and after < copies(cluster):
        expected.add("CLUSTER_CANNOT_BE_SCALED")
    assert codes(cluster, counts, {}) == expected


@given(clusters(), st.integers(0, 6), st.integers(0, 6))
def test_what_comes_and_what_goes_is_netted(cluster: Cluster, fewer: int, more: int) -> None:
    """A group that is added counts as one that grows from nothing, whatever its count says already."""
    cluster.add_node_group(NodeGroup("new", 0, ["datanode", "nodemanager"]))
    grown = codes(cluster, {"workers": fewer, "new": more}, {})
    cluster.node_group("new").count = more
    assert codes(cluster, {"workers": fewer}, {"new": more}) == grown
    after = datanodes(cluster, {"workers": fewer, "new": more})
    lost = after < datanodes(cluster, {"new": 0})
    assert ("CLUSTER_CANNOT_BE_SCALED" in grown) == (lost and 0 < after < _copies_before(cluster))


def _copies_before(cluster: Cluster) -> int:
    given_by_user = cluster.cluster_configs.get("service:HDFS", {}).get("dfs.replication")
    return int(given_by_user or min(3, datanodes(cluster, {"new": 0})))


@given(clusters(), st.data())
def test_only_groups_of_workers_are_scaled(cluster: Cluster, data: st.DataObject) -> None:
    """Every other process is named."""
    processes = data.draw(st.sampled_from(KINDS))
    cluster.add_node_group(NodeGroup("new", 0, list(processes)))
    problems = [
        each for each in scaling_problems(cluster, {"new": 1}, {}) if each.code == "NODE_GROUP_CANNOT_BE_SCALED"
    ]
    lasting = [process for process in processes if process not in ("datanode", "nodemanager")]
    assert [each.error_message for each in problems] == [
        f"node group new cannot be scaled: it has {', '.join(lasting)}" for _ in range(bool(lasting))
    ]


@given(clusters(), st.data())
def test_the_order_of_node_groups_does_not_matter(cluster: Cluster, data: st.DataObject) -> None:
    """Nor does a group that is named with the count it has."""
    counts = data.draw(counts_for(cluster))
    before = codes(cluster, counts, {})
    cluster.node_groups.reverse()
    everything = {group.name: counts.get(group.name, group.count) for group in cluster.node_groups}
    assert codes(cluster, everything, {}) == before
