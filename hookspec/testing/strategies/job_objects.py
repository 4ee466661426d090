"""Strategies for jobs, their runs, and what they wrote."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.edp import JobExecution, JobOutput, JobSpec, JobStatus, JobType
from serai.hookspec.testing.strategies.plain import extras, moments, words


def job_specs() -> SearchStrategy[JobSpec]:
    """Jobs as users ask for them."""
    return st.builds(
        JobSpec,
        type=st.sampled_from(JobType),
        main=words(),
        libs=st.lists(words(), max_size=2),
        args=st.lists(words(), max_size=2),
        params=st.dictionaries(words(), words(), max_size=2),
        configs=st.dictionaries(words(), words(), max_size=2),
    )


def job_executions(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[JobExecution]:
    """Runs of jobs."""
    return st.builds(
        JobExecution,
        id=words(),
        cluster_name=words(),
        spec=job_specs(),
        status=st.sampled_from(JobStatus),
        engine_job_id=words(),
        info=extras(leaves),
        extra=extras(leaves),
        reason=words(),
        created_at=st.none() | moments(),
        finished_at=st.none() | moments(),
    )


def job_outputs() -> SearchStrategy[JobOutput]:
    """What jobs wrote."""
    return st.builds(JobOutput, words(), words())
