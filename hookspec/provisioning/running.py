"""A cluster that runs: its health, and its jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from serai.hookspec import merging
from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobEngine
from serai.hookspec.health import HealthCheck
from serai.hookspec.semantics import collect, select


@collect(merging.health_checks)
def get_health_checks(cluster: Cluster) -> Sequence[HealthCheck]:
    """Tell what to look at to know how the cluster is.

    Called: for each health report, with the instances connected.

    Args:
        cluster: the cluster.

    Returns:
        Checks; they run in parallel.
    """


@select()
def get_edp_engine(cluster: Cluster, job_type: str) -> JobEngine | None:
    """Give the engine that runs a type of jobs on a cluster.

    Called: for every use of a job: submit, poll, cancel, output.

    Args:
        cluster: the cluster.
        job_type: one of the :class:`~serai.hookspec.edp.JobType` strings.

    Returns:
        The engine, or None when this plugin has none for the type.
    """


@collect(merging.job_types, pure=True)
def get_edp_job_types(versions: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Tell the types of jobs each version runs.

    Called: when plugins are listed.

    Args:
        versions: the versions asked about; empty for all.

    Returns:
        Version to job types.
    """


@select(pure=True)
def get_edp_config_hints(job_type: str, version: str) -> Mapping[str, Any] | None:
    """Tell what a user may set for a type of jobs.

    Called: when plugins are listed.

    Args:
        job_type: one of the :class:`~serai.hookspec.edp.JobType` strings.
        version: the plugin's version.

    Returns:
        ``{"job_config": {"configs": […], "params": {}, "args": []}}``, or None.
    """
