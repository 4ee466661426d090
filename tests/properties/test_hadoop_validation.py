"""The Hadoop plugin's validation against a plain statement of its rules."""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.processes import PROCESSES as BY_SERVICE
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.settings import CONFIGS as SETTINGS
from serai.builtin_plugins.hadoop.validation import cluster_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.engine.validation.recommendations import check_recommendations
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup
from serai.hookspec.testing import strategies

HDFS, YARN, MAPREDUCE, GENERAL = "service:HDFS", "service:YARN", "service:MapReduce", "general"
PROCESSES = (
    "namenode",
    "secondarynamenode",
    "datanode",
    "journalnode",
    "zkfc",
    "resourcemanager",
    "nodemanager",
    "historyserver",
    "zookeeper",
)
HEAPS = {
    "namenode": (HDFS, "NameNode Heap Size", 512),
    "secondarynamenode": (HDFS, "SecondaryNameNode Heap Size", 512),
    "datanode": (HDFS, "DataNode Heap Size", 512),
    "journalnode": (HDFS, "JournalNode Heap Size", 256),
    "zkfc": (HDFS, "ZKFC Heap Size", 256),
    "resourcemanager": (YARN, "ResourceManager Heap Size", 512),
    "nodemanager": (YARN, "NodeManager Heap Size", 512),
    "historyserver": (MAPREDUCE, "JobHistoryServer Heap Size", 512),
    "zookeeper": ("service:ZooKeeper", "ZooKeeper Heap Size", 256),
}
PORTS = {"namenode": "dfs.namenode.rpc-address", "datanode": "dfs.datanode.address"}
LOOKED_AT = frozenset(
    (
        "dfs.replication",
        "yarn.nodemanager.resource.memory-mb",
        "yarn.nodemanager.resource.detect-hardware-capabilities",
        "yarn.scheduler.minimum-allocation-mb",
        "yarn.scheduler.maximum-allocation-mb",
        "mapreduce.map.memory.mb",
        "mapreduce.map.java.opts",
        "yarn.app.mapreduce.am.resource.mb",
        "yarn.app.mapreduce.am.command-opts",
        *LISTENING,
    )
)
URL, DIGEST = "Distribution URL", "Distribution SHA-256"


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters of any shape on one machine, with or without recommendations, and with values around every limit."""
    facts = Facts(machine_id="m", cpus=draw(st.integers(1, 64)), memory_mb=draw(st.integers(1, 60_000)))
    kinds = st.lists(st.sampled_from((*PROCESSES, "exporter")), unique=True, max_size=5)
    groups = [
        NodeGroup(f"g{number}", draw(st.integers(0, 3)), draw(kinds), facts=facts)
        for number in range(draw(st.integers(0, 5)))
    ]
    hdfs: dict[str, Any] = {name: f"0.0.0.0:{draw(st.sampled_from((8020, 9866)))}" for name in PORTS.values()}
    hdfs |= maybe(draw, "dfs.replication", st.integers(1, 6))
    hdfs |= maybe(draw, "NameNode Heap Size", st.integers(64, 9000))
    yarn = maybe(draw, "yarn.nodemanager.resource.memory-mb", st.integers(1, 9000))
    yarn |= maybe(draw, "yarn.scheduler.minimum-allocation-mb", st.integers(1, 9000))
    yarn |= maybe(draw, "yarn.scheduler.maximum-allocation-mb", st.integers(1, 9000))
    tasks = maybe(draw, "mapreduce.map.memory.mb", st.integers(1, 9000))
    general = maybe(draw, URL, st.sampled_from(("file:///hadoop.tar.gz", "hadoop.tar.gz")))
    general |= maybe(draw, DIGEST, st.sampled_from(("ab" * 32, "ab")))
    values = {HDFS: hdfs, YARN: yarn, MAPREDUCE: tasks, GENERAL: general}
    made = Cluster("demo", "hadoop", VERSIONS[0], groups, cluster_configs=values, use_autoconfig=draw(st.booleans()))
    made.bind_configs(configs(VERSIONS[0]))
    made.recommendations = tuple(recommendations(made))
    return made


def maybe(draw: st.DrawFn, name: str, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    """A value for a config, or none."""
    return {name: draw(values)} if draw(st.booleans()) else {}


def expected(cluster: Cluster) -> Counter[str]:
    """The rules, restated one by one."""
    count = {process: instances(cluster, process) for process in PROCESSES}
    two = count["journalnode"] > 0 or count["zkfc"] > 0
    found = [
        ("NOT_SINGLE_NAME_NODE", not two and count["namenode"] != 1),
        ("INVALID_COMPONENT_COUNT", two and count["namenode"] != 2),
        ("INVALID_COMPONENT_COUNT", count["datanode"] == 0),
        ("INVALID_COMPONENT_COUNT", count["resourcemanager"] > 1),
        ("INVALID_COMPONENT_COUNT", count["historyserver"] > 1),
        ("INVALID_COMPONENT_COUNT", count["secondarynamenode"] > (0 if two else 1)),
        ("INVALID_COMPONENT_COUNT", two and count["journalnode"] not in range(3, 99, 2)),
        ("INVALID_COMPONENT_COUNT", two and count["zookeeper"] not in range(3, 99, 2)),
        ("INVALID_COMPONENT_COUNT", not two and count["zookeeper"] in range(2, 99, 2)),
        ("INVALID_COMPONENT_COUNT", 0 < count["datanode"] < in_force(cluster, HDFS, "dfs.replication", 3)),
        ("MISSING_SERVICE", count["nodemanager"] > 0 and count["resourcemanager"] == 0),
        ("MISSING_SERVICE", count["resourcemanager"] > 0 and count["nodemanager"] == 0),
        ("MEMORY_EXCEEDED", needed_memory(cluster) > memory(cluster)),
        *container_rules(cluster, count),
        *distribution_rules(cluster.cluster_configs[GENERAL]),
    ]
    for group in cluster.node_groups:
        has = set(group.node_processes)
        found.append(("MISSING_SERVICE", two and group.count > 0 and len(has & {"namenode", "zkfc"}) == 1))
        ports = [cluster.cluster_configs[HDFS][name] for process, name in PORTS.items() if process in has]
        found.append(("PORT_CONFLICT", len(ports) == 2 and ports[0] == ports[1]))
    return Counter(code for code, is_wrong in found if is_wrong)


def container_rules(cluster: Cluster, count: dict[str, int]) -> list[tuple[str, bool]]:
    """What YARN would not start with, or never give out."""
    if count["nodemanager"] + count["resourcemanager"] == 0:
        return []
    given_yarn, code = cluster.cluster_configs[YARN], "CONTAINER_DOES_NOT_FIT"
    least = in_force(cluster, YARN, "yarn.scheduler.minimum-allocation-mb", 1024)
    largest = in_force(cluster, YARN, "yarn.scheduler.maximum-allocation-mb", 8192)
    managers = [group for group in cluster.node_groups if "nodemanager" in group.node_processes and group.count]
    sizes = [size for group in managers if (size := handed_out(cluster, group)) is not None]
    room = max(sizes, default=None)
    rules = [(code, least > size) for size in sizes]
    rules.append((code, least > largest))
    own = given_yarn.get("yarn.scheduler.maximum-allocation-mb")
    rules.append((code, own is not None and room is not None and own > room))
    task = cluster.cluster_configs[MAPREDUCE].get("mapreduce.map.memory.mb", 0)
    rules.append((code, task > min(largest, largest if room is None else room)))
    return rules


def distribution_rules(general: dict[str, Any]) -> list[tuple[str, bool]]:
    """Both or neither, each in its form."""
    return [
        ("INCOMPLETE_DISTRIBUTION", (URL in general) != (DIGEST in general)),
        ("INVALID_DISTRIBUTION", general.get(URL) == "hadoop.tar.gz"),
        ("INVALID_DISTRIBUTION", general.get(DIGEST) == "ab"),
    ]


def instances(cluster: Cluster, process: str) -> int:
    """How many instances run a process."""
    return sum(group.count for group in cluster.node_groups if process in group.node_processes)


def in_force(cluster: Cluster, target: str, name: str, default: int, group: str | None = None) -> int:
    """A number of the user's, else as recommended, else Hadoop's own."""
    if name in cluster.cluster_configs.get(target, {}):
        return int(cluster.cluster_configs[target][name])
    found = [each.value for each in cluster.recommendations if each.name == name and each.node_group == group]
    return int(found[0]) if found else default


def handed_out(cluster: Cluster, group: NodeGroup) -> int | None:
    """Memory of a group's NodeManagers; None where recommendations are wanted and the machine is too small for any."""
    size = in_force(cluster, YARN, "yarn.nodemanager.resource.memory-mb", 0, group.name)
    return size or (None if cluster.use_autoconfig else 8192)


def needed_memory(cluster: Cluster) -> int:
    """All heaps and all that NodeManagers hand out."""
    needed = 0
    for group in cluster.node_groups:
        for process in group.node_processes:
            if process in HEAPS:
                needed += group.count * in_force(cluster, *HEAPS[process], group.name)
        if "nodemanager" in group.node_processes:
            needed += group.count * (handed_out(cluster, group) or 8192)
    return needed


def memory(cluster: Cluster) -> int:
    """Of the one machine."""
    return cluster.node_groups[0].facts.memory_mb if cluster.node_groups and cluster.node_groups[0].facts else 0


@given(clusters())
def test_it_finds_exactly_what_the_rules_forbid(cluster: Cluster) -> None:
    """Nothing more, nothing less, each as often as it is broken; and tells where, and what to do."""
    problems = cluster_problems(cluster)
    assert Counter(problem.code for problem in problems) == expected(cluster)
    assert all(problem.path and problem.error_message and problem.hint for problem in problems)


@given(clusters(), st.randoms())
def test_the_order_of_node_groups_does_not_matter(cluster: Cluster, random: Any) -> None:
    """Neither for what is recommended nor for what is wrong."""
    before = Counter(problem.code for problem in cluster_problems(cluster))
    advice = {(each.node_group, each.name): each.value for each in cluster.recommendations}
    random.shuffle(cluster.node_groups)
    assert {(each.node_group, each.name): each.value for each in recommendations(cluster)} == advice
    assert Counter(problem.code for problem in cluster_problems(cluster)) == before


@st.composite
def careless(draw: st.DrawFn) -> Cluster:
    """Clusters of any values for what the plugin looks at, some of which the engine refuses."""
    looked_at = [each for each in configs(VERSIONS[0]) if each in SETTINGS or each.name in LOOKED_AT]
    made = draw(strategies.clusters(strategies.Offer("hadoop", VERSIONS[0], looked_at, BY_SERVICE), valid=None))
    for config in draw(st.lists(st.sampled_from(looked_at), max_size=4)):
        holder = draw(st.sampled_from([made.cluster_configs, *(group.node_configs for group in made.node_groups)]))
        holder.setdefault(config.applicable_target, {})[config.name] = draw(strategies.wrong_values_for(config))
    facts = st.none() | st.builds(Facts, machine_id=st.sampled_from(("", "m")), memory_mb=st.integers(0, 60_000))
    for group in made.node_groups:
        group.facts = draw(facts)
    made.bind_configs(configs(VERSIONS[0]))
    return made


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(careless())
def test_any_cluster_can_be_judged(cluster: Cluster) -> None:
    """Whatever its values are: what the engine refuses is left to it, and no recommendation comes out of it."""
    cluster.recommendations = tuple(recommendations(cluster))
    check_recommendations(cluster, configs(VERSIONS[0]))
    assert all(problem.path and problem.error_message and problem.hint for problem in cluster_problems(cluster))
