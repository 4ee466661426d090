"""Jobs in the store."""

from datetime import UTC, datetime, timedelta

import pytest

from serai.hookspec.edp import JobExecution, JobSpec, JobStatus
from serai.hookspec.errors import NotFound

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def execution(job_id: str = "job-1", cluster: str = "demo", **fields) -> JobExecution:
    return JobExecution(job_id, cluster, JobSpec("Spark", main="pi.py", args=("10",), params={"A": "1"}), **fields)


def test_a_job_comes_back_equal(store):
    """Every field is kept."""
    job = execution(info={"status": "RUNNING", "exit_code": 0}, extra={"pid": 7}, finished_at=NOW, reason="because")
    store.save_job(job)
    assert store.job("job-1") == job
    assert job.created_at is not None


def test_saving_a_job_again_replaces_it(store):
    """The last save is what is read; there is still one."""
    job = execution(created_at=NOW)
    store.save_job(job)
    job.status = JobStatus.SUCCEEDED
    store.save_job(job)
    assert [found.status for found in store.jobs()] == [JobStatus.SUCCEEDED]


def test_jobs_can_be_chosen_by_cluster(store):
    """The oldest comes first."""
    for number, cluster in ((2, "demo"), (1, "demo"), (3, "other")):
        store.save_job(execution(f"job-{number}", cluster, created_at=NOW + timedelta(seconds=number)))
    assert [job.id for job in store.jobs("demo")] == ["job-1", "job-2"]
    assert len(store.jobs()) == 3


def test_an_unknown_job_is_not_found(store):
    """The error has a code of its own."""
    with pytest.raises(NotFound) as missing:
        store.job("job-9")
    assert missing.value.code == "JOB_NOT_FOUND"
