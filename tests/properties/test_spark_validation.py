"""The Spark plugin's validation against a plain statement of its rules; and the format of spark-defaults.conf."""

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.properties import parsed, rendered
from serai.builtin_plugins.spark.settings import CONFIGS, TARGET
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

PROCESSES = st.lists(st.sampled_from(["master", "worker", "exporter"]), unique=True, max_size=3)
PORTS = st.sampled_from([7077, 7078, 8080, 8081, 6066])
PORT_NAMES = ("Master port", "Master webui port", "Worker port", "Worker webui port", "REST port")


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters of any layout on one machine, every size given."""
    facts = Facts(machine_id="m", cpus=4, memory_mb=draw(st.integers(1000, 20_000)))
    groups = [
        NodeGroup(f"g{number}", draw(st.integers(0, 3)), draw(PROCESSES), facts=facts)
        for number in range(draw(st.integers(0, 4)))
    ]
    configs = {
        **{name: draw(PORTS) for name in PORT_NAMES},
        "REST server": draw(st.booleans()),
        "Worker memory": draw(st.integers(512, 6000)),
        "Executor memory": draw(st.integers(512, 6000)),
        "Daemon memory": draw(st.integers(64, 600)),
        "Driver memory": draw(st.integers(512, 2000)),
    }
    made = Cluster("demo", "spark", "4.3.0", groups, cluster_configs={TARGET: configs}, use_autoconfig=False)
    made.bind_configs(CONFIGS)
    return made


def expected(cluster: Cluster) -> set[str]:
    """The rules, restated one by one."""
    values = cluster.cluster_configs[TARGET]
    masters = sum(group.count for group in cluster.node_groups if "master" in group.node_processes)
    workers = sum(group.count for group in cluster.node_groups if "worker" in group.node_processes)
    codes = set()
    if masters != 1:
        codes.add("NOT_SINGLE_MASTER")
    if workers == 0:
        codes.add("NO_WORKER")
    for group in cluster.node_groups:
        names = []
        if "master" in group.node_processes:
            names += ["Master port", "Master webui port"] + ["REST port"] * values["REST server"]
        if "worker" in group.node_processes:
            names += ["Worker port", "Worker webui port"]
        ports = [values[name] for name in names]
        if len(set(ports)) < len(ports):
            codes.add("PORT_CONFLICT")
        if "worker" in group.node_processes and values["Executor memory"] > values["Worker memory"]:
            codes.add("EXECUTOR_DOES_NOT_FIT")
    memory = cluster.node_groups[0].facts.memory_mb if cluster.node_groups and cluster.node_groups[0].facts else 0
    needed = workers * values["Worker memory"] + (masters + workers) * values["Daemon memory"]
    needed += values["Driver memory"] if masters else 0
    if workers and needed > memory:
        codes.add("MEMORY_EXCEEDED")
    return codes


@given(clusters())
def test_it_finds_exactly_what_the_rules_forbid(cluster: Cluster) -> None:
    """Nothing more, nothing less."""
    found: set[str] = set()
    try:
        SPARK.validate(cluster)
    except ValidationFailed as failure:
        found = {error.code for error in failure.errors}
    assert found == expected(cluster)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(TEXT.filter(bool), TEXT.map(lambda text: text.strip("".join(map(chr, range(33)))))))
def test_what_is_written_is_read(values: dict[str, str]) -> None:
    """Whatever is in keys and values, but for blanks around a value."""
    assert parsed(rendered(values)).values == values


@given(TEXT)
def test_any_text_can_be_read(text: str) -> None:
    """As Java's format has no errors but one; lines are told in order."""
    lines = [entry.line for entry in parsed(text).entries]
    assert lines == sorted(set(lines))
