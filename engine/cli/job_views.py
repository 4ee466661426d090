"""Jobs, as they are shown."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from serai.engine.cli.blocks import Block, Fields, Heading, Table
from serai.engine.cli.durations import age, duration
from serai.hookspec.edp import JobExecution


def listing(jobs: Sequence[JobExecution], now: datetime) -> Table:
    """Jobs, the newest last."""
    rows = [
        (job.id, job.cluster_name, job.spec.type.value, command(job), job.status.value, took(job, now), _exit_code(job))
        for job in jobs
    ]
    columns = ("id", "cluster", "type", "program", "status", "took", "exit")
    return Table(columns, rows, empty="no jobs; run one with: serai job run CLUSTER --type TYPE PROGRAM")


def overview(job: JobExecution, now: datetime) -> Iterator[Block]:
    """One job."""
    yield Fields([(label, value) for label, value in _fields(job, now) if value])
    for title, values in (("Configs", job.spec.configs), ("Parameters", job.spec.params)):
        if values:
            yield Heading(title)
            yield Fields(list(values.items()))


def command(job: JobExecution) -> str:
    """The program and its arguments."""
    return shlex.join(filter(None, (job.spec.main, *job.spec.args)))


def took(job: JobExecution, now: datetime) -> str:
    """How long the job ran, or has been running."""
    if job.created_at is None:
        return ""
    return duration(((job.finished_at or now) - job.created_at).total_seconds())


def unseen(shown: str, now: str, *, overlap: int = 400) -> str:
    """The part of a job's output that was not shown yet.

    Args:
        shown: the output as it was last seen.
        now: the output as it is; of a long one, only its last part.
        overlap: how much of what was shown is looked for in what there is, in characters.
    """
    if now.startswith(shown):
        return now[len(shown) :]
    tail = shown[-overlap:]
    found = now.rfind(tail)
    return now if found < 0 else now[found + len(tail) :]


def _fields(job: JobExecution, now: datetime) -> Iterator[tuple[str, str]]:
    yield "id", job.id
    yield "cluster", job.cluster_name
    yield "type", job.spec.type.value
    yield "program", command(job)
    yield "libs", ", ".join(job.spec.libs)
    yield "status", job.status.value
    yield "reason", job.reason
    yield "exit code", _exit_code(job)
    yield "runs as", job.engine_job_id
    yield "applications", ", ".join(f"{each['id']} {each['state']} {each['progress']} %" for each in _applications(job))
    if job.created_at:
        yield "created", f"{job.created_at:%Y-%m-%d %H:%M:%S} UTC ({age(job.created_at, now)} ago)"
    yield "took", took(job, now)


def _applications(job: JobExecution) -> list[dict[str, Any]]:
    """What a resource manager of the cluster's runs for the job, where its plugin tells."""
    found: list[dict[str, Any]] = job.info.get("applications", [])
    return found


def _exit_code(job: JobExecution) -> str:
    code = job.info.get("exit_code")
    return "" if code is None else str(code)
