"""What jobs need beside Hadoop itself: Hadoop Streaming, which is not on every class path, and Spark where wanted."""

from typing import Final

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.processes import RESOURCEMANAGER
from serai.builtin_plugins.hadoop.versions import STREAMING
from serai.builtin_plugins.leader_workers.instances import runs
from serai.builtin_plugins.spark import versions as spark_versions
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

_OF_TREE: Final = "share/hadoop/tools/lib/*"


def install_tools(instance: Instance, run: Run) -> None:
    """Have on an instance what clients of jobs need, where these run.

    Args:
        instance: where.
        run: the operation.

    Raises:
        ArtifactError: something could not be had.
    """
    if not runs(instance, RESOURCEMANAGER):
        return
    cluster = instance.node_group.cluster
    if values.distribution(cluster) is None:  # Apache's tree has it
        instance.remote.run("ln", "-sfn", run.artifact(instance, STREAMING), _streaming(instance))
    if release := spark_versions.RELEASES.get(values.spark(cluster)):
        instance.remote.run("ln", "-sfn", f"{run.artifact(instance, release.artifact)}/pyspark", spark_home(instance))


def streaming_jars(instance: Instance) -> str:
    """The entry of a class path that has Hadoop Streaming."""
    if values.distribution(instance.node_group.cluster) is None:
        return f"{_streaming(instance)}/*"
    return f"{hadoop_paths(instance).home}/{_OF_TREE}"


def spark_home(instance: Instance) -> str:
    """Leads to Spark, in clusters that have it: each release by a way of its own, as jobs of another may still run."""
    return f"{hadoop_paths(instance).root}/spark-{values.spark(instance.node_group.cluster)}"


def _streaming(instance: Instance) -> str:
    """Leads to the directory with its jar."""
    return f"{hadoop_paths(instance).root}/streaming"
