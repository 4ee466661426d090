"""Jobs in a jar: a program that submits what it likes, or the classes of one MapReduce job, told by configs."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from serai.builtin_plugins.hadoop.jobs.client import JavaClientEngine
from serai.builtin_plugins.hadoop.jobs.hints import hints
from serai.builtin_plugins.hadoop.jobs.properties import (
    JAVA_OPTIONS,
    MAIN_CLASS,
    NEW_MAPPER,
    OLD_MAPPER,
    configuration_directory,
    is_declared,
)
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.job_files import lib_paths, main_path
from serai.hookspec.objects import Cluster, Instance

_RUN_JAR: Final = "org.apache.hadoop.util.RunJar"
_SUBMIT: Final = "org.apache.hadoop.mapreduce.tools.CLI"


class JarEngine(JavaClientEngine):
    """Runs MapReduce and Java jobs: ``main`` is a jar.

    With ``edp.java.main_class`` that class is run, else the one that the jar names, else the one that is the first
    argument, as ``hadoop jar`` has it. A MapReduce job whose configs name its mapper needs no main class: it is
    submitted as it is told. Libs that are jars are on the class paths of client and tasks; others lie in the tasks'
    working directories.
    """

    job_types: ClassVar[tuple[JobType, ...]] = (JobType.MAPREDUCE, JobType.JAVA)
    edp_configs: ClassVar[tuple[str, ...]] = (MAIN_CLASS, JAVA_OPTIONS)

    def main(self, execution: JobExecution, directory: str) -> Sequence[str]:
        """What runs the program; see :func:`main_line`."""
        configuration = configuration_directory(execution, resourcemanager_instance(self.cluster))
        return main_line(execution, directory, configuration)

    def class_path(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """The jar and those beside it; RunJar looks into the jar itself."""
        jars = [path for path in lib_paths(execution, directory) if path.endswith(".jar")]
        own = [main_path(execution, directory)]
        return [*own, *jars] if MAIN_CLASS in execution.spec.configs or is_declared(execution.spec) else jars

    def is_one_application(self, job: JobSpec) -> bool:
        """Those that have no program of their own."""
        return is_declared(job)

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job on YARN, and what is no jar or would not be heeded."""
        yield from super().problems(cluster, job)
        yield from jar_problems(job)

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """The configs most often set; any property of Hadoop may be."""
        return hints(job_type)


def main_line(execution: JobExecution, directory: str, configuration: str) -> tuple[str, ...]:
    """The class that runs a jar, and its arguments.

    Args:
        execution: the job.
        directory: where its files are.
        configuration: where its configuration is.
    """
    job = execution.spec
    if main_class := job.configs.get(MAIN_CLASS):
        return (main_class, *job.args)
    if is_declared(job):
        return (_SUBMIT, "-submit", f"{configuration}/mapred-site.xml")
    return (_RUN_JAR, main_path(execution, directory), *job.args)


def jar_problems(job: JobSpec) -> Iterable[ValidationError]:
    """What is no jar, and what would not be heeded."""
    if job.main and not job.main.endswith(".jar"):
        yield _problem("main", "JOB_MAIN_UNSUPPORTED", f"{job.main} is no .jar", "give the jar that has the classes")
    if is_declared(job) and job.type is JobType.JAVA:
        yield _problem("type", "JOB_TYPE_UNFIT", "a Java job has no mapper of its own to be told", "make it MapReduce")
    if is_declared(job) and job.args:
        message = f"a job that {OLD_MAPPER} or {NEW_MAPPER} tells has no program, so no arguments"
        hint = f"set {MAIN_CLASS}, or what the arguments tell by configs"
        yield _problem("args", "JOB_ARGUMENT", message, hint)


def _problem(path: str, code: str, message: str, hint: str) -> ValidationError:
    return ValidationError(error_message=message, path=path, code=code, hint=hint)
