"""Jobs that are one process on one instance: a job engine to build on, with nothing to remember.

A job is a service ``job-<execution id>`` of the instance, so it survives the connection and the engine, and whoever
asks later, from whichever process, finds it again by its name.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from secrets import token_hex
from typing import Any, ClassVar, Final

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobOutput, JobSpec, JobStatus, JobType
from serai.hookspec.errors import NotFound, ServiceFailed, ValidationFailed
from serai.hookspec.job_checks import environment_problems, file_problems, type_problems
from serai.hookspec.job_files import cancel_mark, job_directory, upload_job
from serai.hookspec.services import Service, ServiceState, ServiceStatus

OUTPUT_LIMIT: Final = 1024 * 1024
"""How much of each stream :meth:`ProcessJobEngine.get_job_output` gives, in characters: the last of it."""

_SERVICE_PREFIX: Final = "job-"
OUTPUT_LINES: Final = 20_000
"""The same in lines, whichever is less."""

_SHOWN_LINES: Final = 20
"""How much of what a failed job wrote last is kept with its status."""
_REASON_LINES: Final = 400
"""How far back a reason is looked for: stacks of Java are long, and what was thrown stands above them."""
_STACK: Final = re.compile(r"at \S+\(.*\)|\.\.\. [0-9]+ more")
"""Lines below an exception of Java's: where it was thrown, not why."""
_CHATTER: Final = re.compile(r"[0-9]\S* [0-9]\S* (TRACE|DEBUG|INFO) .*")
"""What is logged at the end of a program that fails, such as that it removes its directories."""

Info = dict[str, Any]


class ProcessJobEngine(ABC):
    """Runs each job as one process. Subclasses tell the command.

    An implementation of :class:`~serai.hookspec.edp.JobEngine`. The job has a working directory of its own,
    ``<data>/jobs/<execution id>``, that holds its main program and libs under their own names.

    Attributes:
        job_types: the types a subclass runs.
        main_required: whether a job must have a program; False where arguments may be a whole command.
        stop_timeout: seconds a cancelled job may take to end before it is killed.

    Args:
        cluster: the cluster, its instances connected.
        process: a job runs on the first instance that has this node process.
    """

    job_types: ClassVar[tuple[JobType, ...]] = ()
    main_required: ClassVar[bool] = True
    stop_timeout: ClassVar[float] = 10.0

    def __init__(self, cluster: Cluster, process: str) -> None:
        self.cluster = cluster
        self.process = process

    # What a subclass tells

    @abstractmethod
    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """The program and its arguments, never a secret among them.

        Args:
            execution: the job.
            instance: where it will run.
            directory: its working directory there; see ``job_files.main_path`` for its main program.
        """

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Variables added to the host's environment: the job's params. Arguments are those of :meth:`command`."""
        return execution.spec.params

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Everything that speaks against a job: its type, its files, its environment. Extend it with your own."""
        yield from type_problems(job, self.get_supported_job_types())
        yield from file_problems(job, main_required=self.main_required)
        yield from environment_problems(job)

    @classmethod
    def get_supported_job_types(cls) -> Sequence[JobType]:
        """The types this engine runs."""
        return cls.job_types

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """Hints for a type of jobs: no configs unless a subclass has some."""
        return {"job_config": {"configs": [], "params": {}, "args": []}}

    # The life of a job

    def run_job(self, execution: JobExecution) -> tuple[str, JobStatus | None, Info | None]:
        """Upload the job's files and start its process; one that was started or cancelled before is left as it is.

        Returns:
            (``<service>@<instance>``, its status, ``{"directory": …}``).

        Raises:
            NotFound: no instance has the process jobs run beside, or a file of the job has gone.
            RemoteError: the machine did not do its part.
        """
        instance, found = self._locate(execution)
        directory = job_directory(execution, instance)
        if found.state is ServiceState.ABSENT and not self._was_cancelled(execution, instance):
            found = self._start(execution, instance, directory)
        info = self._info(execution, instance, found)
        return f"{found.name}@{instance.instance_name}", info["status"], {"directory": directory}

    def get_job_status(self, execution: JobExecution) -> Info | None:
        """How the job is: its status, and once it ended ``exit_code``, ``reason`` and the last of ``stderr``.

        Raises:
            RemoteError: the machine cannot be asked.
        """
        instance = self._instance_of(execution)
        if instance is None:
            return _lost(f"its instance is no longer part of cluster {self.cluster.name}: {execution.engine_job_id}")
        return self._info(execution, instance, self._service_status(execution, instance))

    def cancel_job(self, execution: JobExecution) -> Info | None:
        """End the job and all it started; one that was not started yet never will be, one that ended stays as it is.

        Raises:
            RemoteError: the machine did not do its part.
        """
        instance = self._instance_of(execution)
        if instance is None:
            return self.get_job_status(execution)
        found = self._service_status(execution, instance)
        if found.state is not ServiceState.EXITED:
            self._end(execution, instance, found)
            found = self._service_status(execution, instance)
        return self._info(execution, instance, found)

    def validate_job_execution(self, cluster: Cluster, job: JobSpec, data: Mapping[str, Any]) -> None:
        """Check a job before it is accepted.

        Raises:
            ValidationFailed: with everything that speaks against it.
        """
        if errors := list(self.problems(cluster, job)):
            raise ValidationFailed(errors, what="the job")

    def get_job_output(self, execution: JobExecution) -> JobOutput:
        """The last of what the job wrote, at most :data:`OUTPUT_LIMIT` characters a stream; empty when all is gone."""
        instance = self._instance_of(execution)
        if instance is None:
            return JobOutput("", "")
        services, name = instance.remote.services, service_name(execution)
        streams = (services.log(name, lines=OUTPUT_LINES, stream=stream) for stream in ("stdout", "stderr"))
        return JobOutput(*(text[-OUTPUT_LIMIT:] for text in streams))

    # How it is kept

    def _start(self, execution: JobExecution, instance: Instance, directory: str) -> ServiceStatus:
        upload_job(execution, instance, directory)
        try:
            instance.remote.services.start(self._service(execution, instance, directory))
        except ServiceFailed:
            # For a service an end within milliseconds is a failure; a job may just be short.
            found = self._service_status(execution, instance)
            if found.state is ServiceState.ABSENT:
                raise
            return found
        return self._service_status(execution, instance)

    def _service(self, execution: JobExecution, instance: Instance, directory: str) -> Service:
        return Service(
            name=service_name(execution),
            argv=self.command(execution, instance, directory),
            env=dict(self.environment(execution, instance, directory)),
            cwd=directory,
            stop_timeout=self.stop_timeout,
        )

    def _locate(self, execution: JobExecution) -> tuple[Instance, ServiceStatus]:
        """Where the job is, or is to be, and what is there: a crash may have come between its start and its record."""
        instance = self._instance_of(execution)
        if instance is None:
            raise NotFound(
                f"no instance of cluster {self.cluster.name} has a {self.process} for the job to run beside",
                place=execution.id,
                hint="see the cluster's health",
            )
        return instance, self._service_status(execution, instance)

    def _instance_of(self, execution: JobExecution) -> Instance | None:
        """By the job's identifier; before it has one, the first instance with the process."""
        _, _, name = execution.engine_job_id.partition("@")
        if name:
            return next((each for each in self.cluster.instances if each.instance_name == name), None)
        return next(iter(self.cluster.instances_with(self.process)), None)

    @staticmethod
    def _service_status(execution: JobExecution, instance: Instance) -> ServiceStatus:
        name = service_name(execution)
        return instance.remote.services.status(name).get(name, ServiceStatus(name, ServiceState.ABSENT))

    def _end(self, execution: JobExecution, instance: Instance, found: ServiceStatus) -> None:
        """The request is written down before the signal: an engine that dies in between leaves no doubt who killed."""
        mark = cancel_mark(execution, instance)
        ours = f"{mark}/{token_hex(8)}"  # several may cancel at once, and only one of them ends the job
        instance.remote.put({ours: ""})
        if found.is_running and not instance.remote.services.stop(found.name):
            # Not we: another one who cancels, whose mark stays, or nobody: then that is how it ended.
            instance.remote.remove([ours])
            instance.remote.run("rmdir", mark, check=False)

    @staticmethod
    def _was_cancelled(execution: JobExecution, instance: Instance) -> bool:
        return instance.remote.run("test", "-e", cancel_mark(execution, instance), check=False).status == 0

    def _info(self, execution: JobExecution, instance: Instance, found: ServiceStatus) -> Info:
        if found.is_running:
            return {"status": JobStatus.RUNNING}
        ended = {} if found.exit_code is None else {"exit_code": found.exit_code}
        if self._was_cancelled(execution, instance):
            return {"status": JobStatus.KILLED, **ended, "reason": "cancelled"}
        if found.state is ServiceState.ABSENT:
            return _lost(f"{instance.instance_name} knows nothing of {found.name}")
        if found.exit_code == 0:
            return {"status": JobStatus.SUCCEEDED, **ended}
        stderr = instance.remote.services.log(found.name, lines=_REASON_LINES)
        shown = "".join(stderr.splitlines(keepends=True)[-_SHOWN_LINES:])
        return {"status": JobStatus.FAILED, **ended, "reason": _reason(found, stderr), "stderr": shown}


def may_be_cut(text: str) -> bool:
    """Whether a stream of a job's output is as long as is given at most: then there was more before it."""
    lines = text.count("\n") + (not text.endswith("\n"))
    return len(text) >= OUTPUT_LIMIT or lines >= OUTPUT_LINES


def service_name(execution: JobExecution) -> str:
    """The service that a job is, on its instance."""
    return f"{_SERVICE_PREFIX}{execution.id}"


def stop_jobs(instance: Instance) -> list[str]:
    """Stop every job that runs on an instance, as when its cluster ends; the names of their services."""
    services = instance.remote.services
    running = [
        name for name, found in services.status().items() if name.startswith(_SERVICE_PREFIX) and found.is_running
    ]
    for name in running:
        services.stop(name)
    return running


def _lost(reason: str) -> Info:
    return {"status": JobStatus.DONEWITHERROR, "reason": reason}


def _reason(found: ServiceStatus, stderr: str) -> str:
    if found.exit_code is None:
        return "it ended and nothing tells how: its machine or its supervisor ended with it"
    said = [line.strip() for line in reversed(stderr.splitlines()) if line.strip()]
    telling = (line for line in said if not _STACK.fullmatch(line) and not _CHATTER.fullmatch(line))
    last = next(telling, said[0] if said else "")
    return f"it ended with status {found.exit_code}" + (f": {last}" if last else "")
