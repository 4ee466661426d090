"""Which jobs a Hadoop cluster runs."""

from collections.abc import Mapping
from typing import Any, Final

from serai.builtin_plugins.hadoop.jobs.programs import JarEngine
from serai.builtin_plugins.hadoop.jobs.shell import HadoopShellEngine
from serai.builtin_plugins.hadoop.jobs.spark import SparkOnYarnEngine
from serai.builtin_plugins.hadoop.jobs.streaming import StreamingEngine
from serai.builtin_plugins.hadoop.processes import RESOURCEMANAGER
from serai.hookspec.edp import JobEngine
from serai.hookspec.objects import Cluster

_ON_YARN: Final = (JarEngine, StreamingEngine, SparkOnYarnEngine)
_ENGINES: Final = (*_ON_YARN, HadoopShellEngine)

JOB_TYPES: Final = tuple(str(job_type) for engine in _ENGINES for job_type in engine.job_types)


def engine_for(cluster: Cluster, job_type: str) -> JobEngine | None:
    """The engine for a type of jobs; None where the cluster does not run them, as without YARN."""
    engine = next((each for each in _ENGINES if job_type in each.job_types), None)
    has_yarn = cluster.count_of(RESOURCEMANAGER) > 0
    if engine is None or (engine in _ON_YARN and not has_yarn):
        return None
    return engine(cluster)


def config_hints(job_type: str) -> Mapping[str, Any] | None:
    """Hints for a type of jobs; None for those that no Hadoop cluster runs."""
    found = (engine for engine in _ENGINES if job_type in engine.job_types)
    return next((engine.get_possible_job_config(job_type) for engine in found), None)
