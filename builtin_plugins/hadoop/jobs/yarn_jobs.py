"""Jobs on YARN: each has a client beside the ResourceManager, and applications that are found by its tag."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from serai.builtin_plugins.hadoop.jobs.applications import (
    MAPREDUCE,
    Application,
    ask_applications,
    kill_application,
    tag,
)
from serai.builtin_plugins.hadoop.jobs.history import ask_counters, ask_failures, failed_log
from serai.builtin_plugins.hadoop.jobs.outcomes import Info, job_info
from serai.builtin_plugins.hadoop.processes import HISTORYSERVER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance
from serai.hookspec.edp import JobExecution, JobOutput, JobSpec, JobStatus
from serai.hookspec.errors import RemoteError
from serai.hookspec.job_files import job_directory
from serai.hookspec.objects import Cluster, Instance, Secret
from serai.hookspec.process_jobs import ProcessJobEngine, service_name


class YarnJobEngine(ProcessJobEngine):
    """Runs jobs whose work YARN does.

    The client, a service beside the ResourceManager, has the job's properties in files of its own. They bear a tag, by
    which the job's applications are found again, whoever asks: an engine that died between submission and record finds
    them, and does not submit again.

    Args:
        cluster: the cluster, its instances connected.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, RESOURCEMANAGER)

    # What a subclass tells

    @abstractmethod
    def private_files(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, Secret]:
        """What the client is told in files that nobody else can read; arguments are those of :meth:`command`."""

    def is_one_application(self, job: JobSpec) -> bool:
        """Whether a job is exactly one application, so that this tells how the job is."""
        return False

    # The life of a job

    def run_job(self, execution: JobExecution) -> tuple[str, JobStatus | None, Info | None]:
        """Write the job's private files, then start its client; one that YARN has already is not submitted again."""
        instance = resourcemanager_instance(self.cluster)
        directory = job_directory(execution, instance)
        if self._applications(execution):
            return f"{service_name(execution)}@{instance.instance_name}", JobStatus.RUNNING, {"directory": directory}
        instance.remote.put(self.private_files(execution, instance, directory))
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

    def _told(self, client: Info, execution: JobExecution) -> Info:
        applications = self._applications(execution)
        info = job_info(client, applications, is_one=self.is_one_application(execution.spec))
        if not info["status"].is_final:
            return info
        return {**info, **self._told_by_history(applications)}

    def _told_by_history(self, applications: Sequence[Application]) -> Info:
        """What is known of jobs of MapReduce that ended: killed ones leave nothing."""
        jobs = [each for each in applications if each.kind == MAPREDUCE and each.status is not JobStatus.KILLED]
        failed = [each for each in jobs if each.status is JobStatus.FAILED]
        if not jobs or not self.cluster.count_of(HISTORYSERVER):
            return {}
        try:
            counters = {each.job_id: ask_counters(self.cluster, each.job_id) for each in jobs}
            attempts = [
                attempt.as_info() for each in failed[-1:] for attempt in ask_failures(self.cluster, each.job_id)
            ]
        except RemoteError as error:  # how the job ended is known all the same
            return {"history": f"nothing is known of its counters: {error}"}
        return {"counters": counters, **({"failed_attempts": attempts} if attempts else {})}

    def _applications(self, execution: JobExecution) -> tuple[Application, ...]:
        return ask_applications(self.cluster, tag(execution))
