"""Jobs: their types, their statuses, and the interface of an engine that runs them on a cluster.

EDP, elastic data processing, is the SPI document's word for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from attrs import define, field, frozen

from serai.hookspec.cluster import Cluster
from serai.hookspec.sequences import strings


class JobType(StrEnum):
    """Types of jobs, with the strings users write."""

    HIVE = "Hive"
    JAVA = "Java"
    MAPREDUCE = "MapReduce"
    MAPREDUCE_STREAMING = "MapReduce.Streaming"
    PIG = "Pig"
    SHELL = "Shell"
    SPARK = "Spark"
    STORM = "Storm"
    STORM_PYLEUS = "Storm.Pyleus"


class JobStatus(StrEnum):
    """Where a job stands."""

    PENDING = "PENDING"
    READYTORUN = "READYTORUN"
    RUNNING = "RUNNING"
    PREP = "PREP"
    PREPSUSPENDED = "PREPSUSPENDED"
    SUSPENDED = "SUSPENDED"
    TOBEKILLED = "TOBEKILLED"
    TOBESUSPENDED = "TOBESUSPENDED"
    SUSPENDFAILED = "SUSPENDFAILED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    KILLED = "KILLED"
    DONEWITHERROR = "DONEWITHERROR"

    @property
    def is_final(self) -> bool:
        """Whether the job will never run again.

        SUSPENDFAILED is not final here: a job that could not be suspended is still running.
        """
        return self in _FINAL


_FINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.KILLED, JobStatus.DONEWITHERROR})


@frozen
class JobSpec:
    """A job as a user asks for it.

    Attributes:
        type: what kind of job.
        main: path, on the engine's machine, of the program: a script or a jar.
        libs: paths of further files the job needs beside it.
        args: the program's arguments.
        params: environment of the program. Others on the host may see it: put secrets in a file among ``libs``.
        configs: settings of the framework (``spark.executor.memory``…) and ``edp.*`` ones.
    """

    type: JobType = field(converter=JobType)
    main: str = ""
    libs: tuple[str, ...] = field(default=(), converter=strings)
    args: tuple[str, ...] = field(default=(), converter=strings)
    params: Mapping[str, str] = field(factory=dict, hash=False)
    configs: Mapping[str, str] = field(factory=dict, hash=False)


@define
class JobExecution:
    """One run of a job on a cluster.

    Attributes:
        id: the engine's identifier, unique; safe in a file name.
        cluster_name: the cluster it runs on.
        spec: what was asked for.
        status: where it stands.
        engine_job_id: what the job engine calls it; ``""`` before it was submitted.
        info: what the job engine last reported; ``status`` among it, ``exit_code`` where it knows one, and
            ``applications`` where a resource manager of the cluster's runs the job: each with its ``id``, ``state`` and
            ``progress`` in per cent.
        extra: whatever the job engine wants kept, JSON-compatible.
        reason: why it failed.
        created_at, finished_at: when.
    """

    id: str
    cluster_name: str
    spec: JobSpec
    status: JobStatus = field(default=JobStatus.PENDING, converter=JobStatus)
    engine_job_id: str = ""
    info: dict[str, Any] = field(factory=dict)
    extra: dict[str, Any] = field(factory=dict)
    reason: str = ""
    created_at: datetime | None = None
    finished_at: datetime | None = None


@frozen
class JobOutput:
    """What a job wrote so far, each stream cut to its last part where it is long."""

    stdout: str
    stderr: str


@runtime_checkable
class JobEngine(Protocol):
    """Runs jobs of some types on one cluster. Made by ``get_edp_engine`` for every use; keeps no state of its own.

    The cluster's instances are connected (``instance.remote``) during each call.
    """

    def run_job(self, execution: JobExecution) -> tuple[str, JobStatus | None, dict[str, Any] | None]:
        """Submit a job and return at once.

        Called again for an execution that was submitted already, it must not run the job twice.

        Returns:
            (identifier of the job, its status if known, facts to keep as ``execution.extra``).
        """
        ...

    def get_job_status(self, execution: JobExecution) -> dict[str, Any] | None:
        """How the job is: ``{"status": JobStatus, …}``, kept whole as ``execution.info``; None when unknown."""
        ...

    def cancel_job(self, execution: JobExecution) -> dict[str, Any] | None:
        """End the job: its new info, as of :meth:`get_job_status`; None when it could not be ended yet."""
        ...

    def validate_job_execution(self, cluster: Cluster, job: JobSpec, data: Mapping[str, Any]) -> None:
        """Check a job before it is accepted.

        Args:
            cluster: where it is to run.
            job: what is asked for.
            data: further facts of the request; empty today.

        Raises:
            SeraiError: it cannot run; ValidationFailed for several reasons at once.
        """
        ...

    def get_job_output(self, execution: JobExecution) -> JobOutput:
        """What the job wrote so far."""
        ...

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """Hints: ``{"job_config": {"configs": [{name, value, description}…], "params": {}, "args": []}}``."""
        ...

    @staticmethod
    def get_supported_job_types() -> Sequence[JobType]:
        """The types this engine runs."""
        ...


@runtime_checkable
class SuspendableJobEngine(JobEngine, Protocol):
    """A job engine that can also suspend."""

    def suspend_job(self, execution: JobExecution) -> dict[str, Any] | None:
        """Suspend the job: its new info, or None when it could not be suspended."""
        ...
