"""Jobs on clusters: submit, follow, cancel, read the output."""

import asyncio
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from serai.engine.connections import Connections
from serai.engine.guarded_jobs import GuardedJobEngine
from serai.engine.operations.events import Clock
from serai.engine.plugins.limits import Limit
from serai.hookspec.cluster import Cluster, ClusterStatus
from serai.hookspec.edp import JobExecution, JobOutput, JobSpec, JobStatus
from serai.hookspec.errors import NotFound, RemoteError, SeraiError, Unsupported, WrongStatus

if TYPE_CHECKING:
    from serai.engine.store.store import Store

POLL_SECONDS: Final = 0.25
"""How long to wait between two looks at a job that somebody waits for."""

PATIENCE: Final = 60.0
"""Seconds for which a job's host may be unreachable before waiting for the job is given up."""

CANCEL_SECONDS: Final = 60.0
"""How long a job engine may take to end a job."""


class Job:
    """A job: wait for it, look at it, cancel it, await it. It goes on without this object and without the engine."""

    def __init__(self, jobs: "Jobs", execution: JobExecution) -> None:
        self._jobs = jobs
        self._waiting: Future[JobExecution] | None = None
        self._lock = threading.Lock()
        self.id: Final = execution.id
        self.execution = execution

    def __repr__(self) -> str:
        return f"<Job {self.execution.spec.type} {self.id} {self.execution.status}>"

    @property
    def done(self) -> bool:
        """Whether it had ended when last looked at."""
        return self.execution.status.is_final

    def refresh(self) -> JobExecution:
        """Look at the job now."""
        self.execution = self._jobs.poll(self.id)
        return self.execution

    def result(self, timeout: float | None = None) -> JobExecution:
        """Wait for the job's end, successful or not.

        Args:
            timeout: seconds to wait at most; None for no limit. The job goes on after it.

        Raises:
            TimeoutError: it has not ended yet.
            SeraiError: its host cannot be reached any more.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        unreachable_since: float | None = None
        while True:
            try:
                if self.refresh().status.is_final:
                    return self.execution
                unreachable_since = None
            except RemoteError:
                unreachable_since = unreachable_since or time.monotonic()
                if time.monotonic() - unreachable_since > PATIENCE:
                    raise
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"job {self.id} is {self.execution.status} after {timeout:g} s")
            time.sleep(POLL_SECONDS)

    def cancel(self) -> JobExecution:
        """End the job; returns how it ended.

        Raises:
            SeraiError: it could not be ended (code CANCELING_FAILED).
        """
        self.execution = self._jobs.cancel(self.id)
        return self.execution

    def output(self) -> JobOutput:
        """What it wrote so far."""
        return self._jobs.output(self.id)

    def __await__(self) -> Generator[Any, None, JobExecution]:
        """Wait for the job's end without blocking the event loop."""
        with self._lock:
            if self._waiting is None:
                self._waiting = self._jobs.executor.submit(self.result)
        return asyncio.shield(asyncio.wrap_future(self._waiting)).__await__()


class Jobs:
    """The jobs of an engine; as ``engine.jobs``."""

    def __init__(
        self, store: "Store", connections: Connections, executor: Executor, clock: Clock, limit: Limit
    ) -> None:
        self._limit = limit
        self._store = store
        self._connections = connections
        self._clock = clock
        self.executor: Final = executor

    def submit(self, cluster_name: str, spec: JobSpec) -> Job:
        """Start a job; returns as soon as the cluster has it.

        Args:
            cluster_name: an active cluster.
            spec: the job.

        Raises:
            NotFound: there is no such cluster.
            WrongStatus: it is not active.
            Unsupported: it cannot run jobs of this type.
            ValidationFailed: the job cannot run, with every reason.
        """
        cluster = self._active(cluster_name)
        execution = JobExecution(id=token_hex(6), cluster_name=cluster_name, spec=spec, created_at=self._clock())
        with self._engine_of(cluster, spec.type) as engine:
            engine.validate(spec)
            self._store.save_job(execution)  # before it runs: a job that runs is never unknown
            try:
                execution.engine_job_id, status, extra = engine.run(execution)
            except SeraiError as error:
                self._end(execution, JobStatus.FAILED, str(error))
                raise
            execution.extra = extra
            if status is not None and status.is_final:  # a short job: how it ended is known by asking
                self._keep(execution, engine.status(execution) or {"status": status})
            else:
                execution.status = status or JobStatus.RUNNING
                self._store.save_job(execution)
        return Job(self, execution)

    def get(self, id: str) -> Job:  # noqa: A002 - the field's name everywhere
        """A job by its id.

        Raises:
            NotFound: there is no such job.
        """
        return Job(self, self._store.job(id))

    def list(self, cluster: str | None = None) -> list[JobExecution]:
        """All jobs, or those of one cluster, as last known; the newest last."""
        return self._store.jobs(cluster)

    def poll(self, id: str) -> JobExecution:  # noqa: A002
        """Look at a job now, and keep what is seen."""
        execution = self._store.job(id)
        if execution.status.is_final:
            return execution
        if (cluster := self._cluster_of(execution)) is None:
            return self._end(execution, JobStatus.KILLED, "its cluster was deleted")
        with self._engine_of(cluster, execution.spec.type) as engine:
            return self._keep(execution, engine.status(execution))

    def cancel(self, id: str) -> JobExecution:  # noqa: A002
        """End a job; see :meth:`Job.cancel`."""
        execution = self._store.job(id)
        if execution.status.is_final or (cluster := self._cluster_of(execution)) is None:
            return self.poll(id)
        execution.status = JobStatus.TOBEKILLED
        self._store.save_job(execution)
        deadline = time.monotonic() + CANCEL_SECONDS
        with self._engine_of(cluster, execution.spec.type) as engine:
            while not self._keep(execution, engine.cancel(execution)).status.is_final:
                if time.monotonic() > deadline:
                    raise SeraiError(
                        f"job {id} did not end within {CANCEL_SECONDS:g} s",
                        code="CANCELING_FAILED",
                        hint="look at it with 'serai job show', and cancel again",
                    )
                time.sleep(POLL_SECONDS)
        return execution

    def output(self, id: str) -> JobOutput:  # noqa: A002
        """What a job wrote so far.

        Raises:
            NotFound: its cluster, and with it the output, is gone.
        """
        execution = self._store.job(id)
        if (cluster := self._cluster_of(execution)) is None:
            raise NotFound(f"the cluster of job {id} was deleted, and its output with it", code="OUTPUT_GONE")
        with self._engine_of(cluster, execution.spec.type) as engine:
            return engine.output(execution)

    def _active(self, cluster_name: str) -> Cluster:
        cluster = self._store.cluster(cluster_name)
        if cluster.status is not ClusterStatus.ACTIVE:
            raise WrongStatus(
                f"cluster {cluster_name} is {cluster.status}; jobs run on active clusters",
                place=cluster_name,
                hint="wait for its operation to end, or see why: serai show " + cluster_name,
            )
        return cluster

    def _cluster_of(self, execution: JobExecution) -> Cluster | None:
        """The cluster a job runs on, unless it is gone; another one of the same name is not it."""
        try:
            cluster = self._store.cluster(execution.cluster_name)
        except NotFound:
            return None
        began = execution.created_at
        return None if cluster.created_at and began and cluster.created_at > began else cluster

    @contextmanager
    def _engine_of(self, cluster: Cluster, job_type: str) -> Iterator[GuardedJobEngine]:
        with self._connections.open(cluster) as stack:
            engine = stack.get_edp_engine(cluster, job_type)
            if engine is None:
                types = stack.get_edp_job_types([cluster.hadoop_version]).get(cluster.hadoop_version, [])
                raise Unsupported(
                    f"cluster {cluster.name} runs no jobs of type {job_type}",
                    code="JOB_TYPE_UNSUPPORTED",
                    hint=f"types it runs: {', '.join(types) or 'none'}",
                )
            yield GuardedJobEngine(engine, cluster, self._limit)

    def _keep(self, execution: JobExecution, info: dict[str, Any] | None) -> JobExecution:
        """Take over what a job engine says; None says nothing."""
        if info is None:
            return execution
        execution.info = {**info, "status": str(info["status"])}
        execution.reason = str(info.get("reason", execution.reason))
        status = JobStatus(info["status"])
        if status.is_final:
            return self._end(execution, status, execution.reason)
        execution.status = status
        self._store.save_job(execution)
        return execution

    def _end(self, execution: JobExecution, status: JobStatus, reason: str) -> JobExecution:
        known = self._store.job(execution.id)
        if known.status.is_final:  # somebody else was quicker to see it, and a job ends once
            for name in ("status", "reason", "info", "finished_at"):
                setattr(execution, name, getattr(known, name))
            return execution
        execution.status, execution.reason = status, reason
        execution.finished_at = execution.finished_at or self._clock()
        self._store.save_job(execution)
        return execution
