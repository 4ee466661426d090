"""Jobs of type Shell: programs of the user's own, with Hadoop's commands at hand."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.builtin_plugins.hadoop.daemons import hadoop_environment
from serai.builtin_plugins.hadoop.launchers import commands
from serai.builtin_plugins.hadoop.processes import NAMENODE
from serai.hookspec.edp import JobExecution
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.shell_jobs import ShellJobEngine

_WITH_COMMANDS: Final = 'PATH=$0:$PATH && export PATH && exec "$@"'


class HadoopShellEngine(ShellJobEngine):
    """Runs Shell jobs on the NameNode's instance, with ``hdfs``, ``yarn``, ``mapred`` and ``hadoop`` on their path.

    The program itself does not run in a container of YARN; what it has YARN do does.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, NAMENODE)

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """The program, with Hadoop's commands first on its path."""
        return ("sh", "-c", _WITH_COMMANDS, commands(instance), *super().command(execution, instance, directory))

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Hadoop's variables below the user's own."""
        return {**hadoop_environment(instance), **execution.spec.params}
