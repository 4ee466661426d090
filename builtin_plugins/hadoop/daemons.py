"""The processes of Hadoop as services of their instances: plain JVMs."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from serai.builtin_plugins.hadoop import processes, settings, values
from serai.builtin_plugins.hadoop.binding import binding
from serai.builtin_plugins.hadoop.class_path import class_path
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.ports import port
from serai.hookspec.objects import Instance
from serai.hookspec.services import Listening, Service

_HDFS: Final = "org.apache.hadoop.hdfs.server"
_YARN: Final = "org.apache.hadoop.yarn.server"


@frozen
class Daemon:
    """A process of Hadoop.

    Attributes:
        service: the service it is.
        main_class: what its JVM runs.
        patience: how long it may take to end, in seconds.
    """

    service: str
    main_class: str
    patience: float = 15.0


DAEMONS: Final = {
    processes.ZOOKEEPER_SERVER: Daemon("hadoop-zookeeper", "org.apache.zookeeper.server.quorum.QuorumPeerMain"),
    processes.JOURNALNODE: Daemon("hadoop-journalnode", "org.apache.hadoop.hdfs.qjournal.server.JournalNode"),
    processes.NAMENODE: Daemon("hadoop-namenode", f"{_HDFS}.namenode.NameNode", patience=30.0),
    processes.FAILOVER_CONTROLLER: Daemon("hadoop-zkfc", "org.apache.hadoop.hdfs.tools.DFSZKFailoverController"),
    processes.SECONDARY_NAMENODE: Daemon("hadoop-secondarynamenode", f"{_HDFS}.namenode.SecondaryNameNode"),
    processes.DATANODE: Daemon("hadoop-datanode", f"{_HDFS}.datanode.DataNode"),
    processes.RESOURCEMANAGER: Daemon(
        "hadoop-resourcemanager", f"{_YARN}.resourcemanager.ResourceManager", patience=30.0
    ),
    processes.NODEMANAGER: Daemon("hadoop-nodemanager", f"{_YARN}.nodemanager.NodeManager"),
    processes.HISTORYSERVER: Daemon(
        "hadoop-historyserver", "org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer", patience=30.0
    ),
}
"""By process, in the order they start."""

_LARGE_HEAP: Final = 2048
"""MiB from which on collector and compiler are left to the JVM's own choice."""

_OPENED: Final = (
    *(f"java.{package}" for package in ("io", "lang", "lang.reflect", "math", "net", "nio", "text")),
    *(f"java.util{package}" for package in ("", ".concurrent", ".zip")),
    *(f"sun.security.{package}" for package in ("util", "x509")),
)
"""Packages of the JDK that Hadoop reaches into: those of its own hadoop-functions.sh."""


def daemon_service(instance: Instance, process: str) -> Service:
    """A process of an instance; it listens on the instance's address only.

    Args:
        instance: where; configured.
        process: one of :data:`DAEMONS`.
    """
    daemon, group = DAEMONS[process], instance.node_group
    return Service(
        name=daemon.service,
        argv=(*_java(instance, values.heap(group, process)), daemon.main_class, *_arguments(instance, process)),
        env=hadoop_environment(instance),
        ready=_readiness(instance, process),
        ready_timeout=values.timeouts(group.cluster).start,
        stop_timeout=daemon.patience,
    )


def hadoop_command(
    instance: Instance,
    main_class: str,
    *arguments: str,
    heap: int = 256,
    options: Sequence[str] = (),
    before: Sequence[str] = (),
) -> tuple[str, ...]:
    """A command that runs one of Hadoop's classes on an instance, or one that needs them.

    Args:
        instance: where; configured.
        main_class: what to run.
        arguments: its arguments.
        heap: of the JVM, in MiB.
        options: further ones of the JVM.
        before: what it looks into for classes before Hadoop's configuration and jars.
    """
    return (*_java(instance, heap, options, before), main_class, *arguments)


def hadoop_environment(instance: Instance) -> Mapping[str, str]:
    """The environment of Hadoop's processes on an instance: NodeManagers hand it on to containers, by default."""
    paths = hadoop_paths(instance)
    return {"JAVA_HOME": paths.java_home, "HADOOP_HOME": paths.home, "HADOOP_CONF_DIR": paths.conf}


def start_together(instance: Instance, services: Sequence[Service]) -> None:
    """Start services of one instance at the same time, and wait until all are ready.

    Args:
        instance: where.
        services: those to start; one that runs as it should goes on.

    Raises:
        ServiceFailed: one of them did not get ready.
    """
    for service in services:
        instance.remote.services.start(evolve(service, ready=()))
    for service in services:
        instance.remote.services.start(service)


def _arguments(instance: Instance, process: str) -> tuple[str, ...]:
    return (hadoop_paths(instance).zookeeper_config,) if process == processes.ZOOKEEPER_SERVER else ()


def _readiness(instance: Instance, process: str) -> tuple[Listening, ...]:
    bound = (
        binding(instance, name)
        for name, listening in LISTENING.items()
        if listening.process == process and listening.is_address
    )
    return (
        *(Listening(number, host) for host, number in bound if number),
        *(Listening(number, instance.internal_ip) for number in _bare_ports(instance, process)),
    )


def _bare_ports(instance: Instance, process: str) -> tuple[int, ...]:
    """Ports on the instance's address that no property of Hadoop with an address tells."""
    if process == processes.ZOOKEEPER_SERVER:
        return (instance.node_group.cluster.value(settings.ZOOKEEPER_PORT),)
    return (port(instance.node_group, "dfs.ha.zkfc.port"),) if process == processes.FAILOVER_CONTROLLER else ()


def _java(instance: Instance, heap: int, options: Sequence[str] = (), before: Sequence[str] = ()) -> tuple[str, ...]:
    paths = hadoop_paths(instance)
    small = () if heap >= _LARGE_HEAP else ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    return (
        f"{paths.java_home}/bin/java",
        *small,
        f"-Xmx{heap}m",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
        f"-Djava.io.tmpdir={paths.scratch}",
        # Without it a NodeManager registers as whatever its address resolves to, here or at a name server.
        f"-Djdk.net.hosts.file={paths.host_names}",
        *options,
        *("-cp", ":".join((*before, class_path(instance)))),
    )
