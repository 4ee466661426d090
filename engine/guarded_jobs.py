"""A plugin's job engine as the rest of the engine uses it: named when it fails, held to its interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serai.engine.log_context import at
from serai.engine.plugins.dispatch import labelled
from serai.engine.plugins.limits import Limit, call_within, looking
from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobEngine, JobExecution, JobOutput, JobSpec, JobStatus
from serai.hookspec.errors import InvalidResult, Origin


class GuardedJobEngine:
    """Calls a job engine, and checks what it answers.

    Args:
        engine: the plugin's.
        cluster: the cluster it is of.
        limit: how long it may take to start a job; for anything else, as long as whatever only looks.
    """

    def __init__(self, engine: JobEngine, cluster: Cluster, limit: Limit) -> None:
        self._engine = engine
        self._cluster = cluster
        self._limit = limit

    def validate(self, job: JobSpec) -> None:
        """Check a job before it is accepted; raises why it cannot run."""
        with self._blamed("validate_job_execution"):
            self._ask("validate_job_execution", self._cluster, job, {})

    def run(self, execution: JobExecution) -> tuple[str, JobStatus | None, dict[str, Any]]:
        """Submit a job: its identifier, its status if known, what to keep."""
        with self._blamed("run_job"):
            answer = self._ask("run_job", execution)
            if not isinstance(answer, tuple) or len(answer) != 3 or not isinstance(answer[0], str):
                raise self._invalid("run_job", "(identifier, status or None, dict or None)", answer)
            identifier, status, extra = answer
            return identifier, None if status is None else JobStatus(status), dict(extra or {})

    def status(self, execution: JobExecution) -> dict[str, Any] | None:
        """How a job is; None when the job engine does not know."""
        with self._blamed("get_job_status"):
            return self._info("get_job_status", self._ask("get_job_status", execution))

    def cancel(self, execution: JobExecution) -> dict[str, Any] | None:
        """End a job; None when it could not be ended yet."""
        with self._blamed("cancel_job"):
            return self._info("cancel_job", self._ask("cancel_job", execution))

    def output(self, execution: JobExecution) -> JobOutput:
        """What a job wrote."""
        with self._blamed("get_job_output"):
            answer = self._ask("get_job_output", execution)
            if not isinstance(answer, JobOutput):
                raise self._invalid("get_job_output", "JobOutput", answer)
            return answer

    def _ask(self, method: str, *arguments: object) -> Any:
        limit = self._limit if method == "run_job" else looking(self._limit.seconds)
        ask = getattr(self._engine, method)
        with at(hook=f"get_edp_engine, {method}"):
            return call_within(limit, lambda: ask(*arguments), {}, lambda _: self._origin(method))

    def _origin(self, method: str) -> Origin:
        return Origin(self._cluster.plugin_name, hook=f"get_edp_engine, {type(self._engine).__name__}.{method}")

    def _info(self, method: str, answer: Any) -> dict[str, Any] | None:
        if answer is None:
            return None
        if not isinstance(answer, dict) or "status" not in answer:
            raise self._invalid(method, "a dict with a status, or None", answer)
        return {**answer, "status": JobStatus(answer["status"])}

    def _invalid(self, method: str, expected: str, answer: Any) -> InvalidResult:
        return InvalidResult(f"{method} must return {expected} (got {type(answer).__name__})", place=method)

    @contextmanager
    def _blamed(self, method: str) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            failure = labelled(error, self._origin(method))
            if failure is error:
                raise
            raise failure from error
