"""What jobs need beside Hadoop itself: Hadoop Streaming, which is not on every class path."""

from typing import Final

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.processes import RESOURCEMANAGER
from serai.builtin_plugins.hadoop.versions import STREAMING
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

_OF_TREE: Final = "share/hadoop/tools/lib/*"


def install_tools(instance: Instance, run: Run) -> None:
    """Have Hadoop Streaming where the clients of jobs run; Apache's tree has it anyway.

    Args:
        instance: where.
        run: the operation.

    Raises:
        ArtifactError: it could not be had.
    """
    if runs(instance, RESOURCEMANAGER) and values.distribution(instance.node_group.cluster) is None:
        instance.remote.run("ln", "-sfn", run.artifact(instance, STREAMING), _streaming(instance))


def streaming_jars(instance: Instance) -> str:
    """The entry of a class path that has Hadoop Streaming."""
    if values.distribution(instance.node_group.cluster) is None:
        return f"{_streaming(instance)}/*"
    return f"{hadoop_paths(instance).home}/{_OF_TREE}"


def _streaming(instance: Instance) -> str:
    """Leads to the directory with its jar."""
    return f"{hadoop_paths(instance).root}/streaming"
