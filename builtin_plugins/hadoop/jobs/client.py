"""Jobs whose client is a Java of its own, with all that Hadoop has."""

import re
import shlex
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar, Final

from serai.builtin_plugins.hadoop.daemons import hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.jobs.properties import (
    JAVA_OPTIONS,
    config_problems,
    configuration_directory,
    configuration_files,
    job_properties,
)
from serai.builtin_plugins.hadoop.jobs.yarn_jobs import YarnJobEngine
from serai.builtin_plugins.hadoop.processes import HISTORYSERVER
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.job_files import lib_paths
from serai.hookspec.objects import Cluster, Instance, Secret

_CLIENT_HEAP: Final = 512
"""MiB. A job that wants another sets it in ``edp.java.java_opts``, which come later."""
_HISTORY: Final = (JobType.MAPREDUCE, JobType.MAPREDUCE_STREAMING)
"""Types whose clients ask the history server how a job ended."""

_ODD: Final = re.compile(r"[^\w.+=@~-]")
"""What Hadoop parts names of files at, or no URI can have: files reach tasks as a list of URIs."""


class JavaClientEngine(YarnJobEngine):
    """Runs jobs whose client has the job's properties in configuration files that come before the cluster's.

    Attributes:
        edp_configs: the ``edp.`` configs of these jobs.
    """

    edp_configs: ClassVar[tuple[str, ...]] = (JAVA_OPTIONS,)

    # What a subclass tells

    @abstractmethod
    def main(self, execution: JobExecution, directory: str) -> Sequence[str]:
        """The class that the client runs, and its arguments; see :meth:`command` for where it is looked for."""

    def class_path(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """What is looked into for classes after the configuration and before Hadoop's own jars."""
        return ()

    def shipped(self, execution: JobExecution, directory: str) -> Sequence[str]:
        """The files that tasks need: jars to load classes from, others to lie in their working directories."""
        return lib_paths(execution, directory)

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job; configs that cannot be; and no history server, which clients of MapReduce wait for."""
        yield from super().problems(cluster, job)
        yield from config_problems(job, self.edp_configs)
        yield from java_option_problems(job)
        yield from name_problems({f"libs[{index}]": lib for index, lib in enumerate(job.libs)})
        if job.type in _HISTORY and not cluster.count_of(HISTORYSERVER):
            message = "the cluster has no historyserver, of which clients of MapReduce learn how a job ended"
            hint = "add the node process historyserver to a node group"
            yield ValidationError(error_message=message, path="type", code="JOB_NO_HISTORYSERVER", hint=hint)

    # How it is run

    def private_files(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, Secret]:
        """The job's configuration."""
        properties = job_properties(execution, directory, self.shipped(execution, directory))
        return configuration_files(execution, instance, properties)

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """A Java that has the job's configuration before the cluster's."""
        main_class, *arguments = self.main(execution, directory)
        before = (configuration_directory(execution, instance), *self.class_path(execution, instance, directory))
        options = java_options(execution.spec)
        return hadoop_command(instance, main_class, *arguments, heap=_CLIENT_HEAP, options=options, before=before)

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Hadoop's variables below the user's own."""
        return {**hadoop_environment(instance), **execution.spec.params}


def java_options(job: JobSpec) -> tuple[str, ...]:
    """The options of its client's Java that a job sets."""
    return tuple(shlex.split(job.configs.get(JAVA_OPTIONS, "")))


def java_option_problems(job: JobSpec) -> Iterable[ValidationError]:
    """Options of Java that no shell could part."""
    try:
        java_options(job)
    except ValueError as error:
        message = f"{JAVA_OPTIONS} cannot be parted into options: {error}"
        yield ValidationError(
            error_message=message, path=f"configs.{JAVA_OPTIONS}", code="JOB_CONFIG_ILLEGAL", hint="close the quote"
        )


def name_problems(files: Mapping[str, str]) -> Iterable[ValidationError]:
    """Names of files that would not reach the tasks as they are.

    Args:
        files: paths, by their place in the job.
    """
    for place, file in files.items():
        if found := _ODD.search(PurePosixPath(file).name):
            message = f"{file} has {found.group()!r} in its name, which files of tasks cannot have"
            yield ValidationError(error_message=message, path=place, code="JOB_FILE_NAME", hint="rename it")
