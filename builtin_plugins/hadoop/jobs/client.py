"""Jobs on YARN: each has a client beside the ResourceManager, and applications that are found by its tag."""

import shlex
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from serai.builtin_plugins.hadoop.daemons import hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.jobs.applications import (
    MAPREDUCE,
    Application,
    ask_applications,
    kill_application,
    tag,
)
from serai.builtin_plugins.hadoop.jobs.history import ask_counters, ask_failures, failed_log
from serai.builtin_plugins.hadoop.jobs.outcomes import Info, job_info
from serai.builtin_plugins.hadoop.jobs.properties import (
    JAVA_OPTIONS,
    config_problems,
    configuration_directory,
    configuration_files,
    job_properties,
)
from serai.builtin_plugins.hadoop.processes import HISTORYSERVER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobOutput, JobSpec, JobStatus, JobType
from serai.hookspec.job_files import job_directory, lib_paths
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.process_jobs import ProcessJobEngine, service_name

_CLIENT_HEAP: Final = 512
"""MiB; what a job does not have as it likes, it sets in ``edp.java.java_opts``, which comes later."""


_HISTORY: Final = (JobType.MAPREDUCE, JobType.MAPREDUCE_STREAMING)


class YarnJobEngine(ProcessJobEngine):
    """Runs jobs whose work YARN does.

    The client, a service beside the ResourceManager, has the job's properties in configuration files of its own. They
    bear a tag, by which the job's applications are found again, whoever asks: an engine that died between submission
    and record finds them, and does not submit again.

    Attributes:
        edp_configs: the ``edp.`` configs of these jobs.

    Args:
        cluster: the cluster, its instances connected.
    """

    edp_configs: ClassVar[tuple[str, ...]] = (JAVA_OPTIONS,)

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, RESOURCEMANAGER)

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

    def is_one_application(self, job: JobSpec) -> bool:
        """Whether a job is exactly one application, so that this tells how the job is."""
        return False

    # The life of a job

    def run_job(self, execution: JobExecution) -> tuple[str, JobStatus | None, Info | None]:
        """Write the job's properties, then start its client; one that YARN has already is not submitted again."""
        instance = resourcemanager_instance(self.cluster)
        directory = job_directory(execution, instance)
        if self._applications(execution):
            return f"{service_name(execution)}@{instance.instance_name}", JobStatus.RUNNING, {"directory": directory}
        properties = job_properties(execution, directory, self.shipped(execution, directory))
        instance.remote.put(configuration_files(execution, instance, properties))
        identifier, status, extra = super().run_job(execution)
        return identifier, JobStatus.RUNNING if status is JobStatus.SUCCEEDED else status, extra

    def get_job_status(self, execution: JobExecution) -> Info | None:
        """How the job is, with its applications; once it ended, with the counters of those that are MapReduce's."""
        client = super().get_job_status(execution)
        return None if client is None else self._told(client, execution)

    def cancel_job(self, execution: JobExecution) -> Info | None:
        """End the client, so that it submits nothing more, then have its applications killed."""
        client = super().cancel_job(execution)
        for application in self._applications(execution):
            if not application.is_over:
                kill_application(self.cluster, application)
        return None if client is None else self._told(client, execution)

    def get_job_output(self, execution: JobExecution) -> JobOutput:
        """What the client wrote; after it, of a job that failed, what its failed task did."""
        output = super().get_job_output(execution)
        logs = "".join(failed_log(self.cluster, failure) for failure in execution.info.get("failed_attempts", [])[-1:])
        return JobOutput(output.stdout, output.stderr + logs)

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job; configs that cannot be; and no history server, which clients of MapReduce wait for."""
        yield from super().problems(cluster, job)
        yield from config_problems(job, self.edp_configs)
        yield from java_option_problems(job)
        if job.type in _HISTORY and not cluster.count_of(HISTORYSERVER):
            message = "the cluster has no historyserver, of which clients of MapReduce learn how a job ended"
            hint = "add the node process historyserver to a node group"
            yield ValidationError(error_message=message, path="type", code="JOB_NO_HISTORYSERVER", hint=hint)

    # How it is run

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """A Java that has the job's configuration before the cluster's."""
        main_class, *arguments = self.main(execution, directory)
        before = (configuration_directory(execution, instance), *self.class_path(execution, instance, directory))
        options = java_options(execution.spec)
        return hadoop_command(instance, main_class, *arguments, heap=_CLIENT_HEAP, options=options, before=before)

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Hadoop's variables below the user's own."""
        return {**hadoop_environment(instance), **execution.spec.params}

    def _told(self, client: Info, execution: JobExecution) -> Info:
        applications = self._applications(execution)
        info = job_info(client, applications, is_one=self.is_one_application(execution.spec))
        if not info["status"].is_final:
            return info
        jobs = [each for each in applications if each.kind == MAPREDUCE]
        counters = {each.job_id: found for each in jobs if (found := ask_counters(self.cluster, each.job_id))}
        failed = [each for each in jobs if each.status is JobStatus.FAILED]
        attempts = [attempt.as_info() for each in failed[-1:] for attempt in ask_failures(self.cluster, each.job_id)]
        return {
            **info,
            **({"counters": counters} if counters else {}),
            **({"failed_attempts": attempts} if attempts else {}),
        }

    def _applications(self, execution: JobExecution) -> tuple[Application, ...]:
        return ask_applications(self.cluster, tag(execution))


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
