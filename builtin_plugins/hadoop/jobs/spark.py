"""Jobs of Spark on YARN, of clusters that have Spark beside Hadoop.

See https://spark.apache.org/docs/latest/running-on-yarn.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.daemons import hadoop_environment
from serai.builtin_plugins.hadoop.jobs.applications import tag
from serai.builtin_plugins.hadoop.jobs.hints import hints
from serai.builtin_plugins.hadoop.jobs.tools import spark_home
from serai.builtin_plugins.hadoop.jobs.yarn_jobs import YarnJobEngine
from serai.builtin_plugins.hadoop.launchers import commands
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.settings import NO_SPARK, SPARK
from serai.builtin_plugins.spark.jobs import job_problems, job_properties, submit_command
from serai.builtin_plugins.spark.properties import rendered
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.job_files import job_directory
from serai.hookspec.objects import Cluster, Instance, Secret

RESERVED: Final = {
    "spark.master": "jobs run on their own cluster's YARN",
    "spark.submit.deployMode": "drivers run beside the ResourceManager, so that what they write is seen at once",
    "spark.driver.host": "drivers listen on their instance's address",
    "spark.driver.bindAddress": "drivers listen on their instance's address",
    "spark.local.dir": "scratch files are on the instance's storage",
    "spark.yarn.tags": "Serai finds the job again by its tag",
    "spark.yarn.jars": "Spark's own jars are in HDFS once, for all jobs",
    "spark.yarn.archive": "Spark's own jars are in HDFS once, for all jobs",
}
"""What a job may not set, and why."""

_JARS: Final = "/serai/spark-{}/jars"
"""Where in HDFS the jars of a release are, that containers load."""

SUBMIT: Final = """
set -eu
hdfs=$1 jars=$2 there=$3
shift 3
if ! "$hdfs" dfs -test -e "$there"; then
    # Under another name until all of them are there: a job that begins meanwhile finds all or none.
    "$hdfs" dfs -mkdir -p "$there.$$"
    "$hdfs" dfs -put "$jars"/*.jar "$there.$$"
    "$hdfs" dfs -mv "$there.$$" "$there"
    # Of two that do this at the same time the second one moves into what the first one made.
    "$hdfs" dfs -rm -r -f -skipTrash "$there/${there##*/}.$$"
fi
exec "$@"
"""
"""Puts the jars of ``$2`` where ``$3`` is in HDFS, unless they are there, and runs the rest. ``$1`` is ``hdfs``."""


class SparkOnYarnEngine(YarnJobEngine):
    """Runs Spark jobs with spark-submit; the driver runs beside the ResourceManager, its executors in containers.

    ``main``, libs and configs are as with the plugin ``spark``. The first job puts Spark's own jars into HDFS.
    """

    job_types: ClassVar[tuple[JobType, ...]] = (JobType.SPARK,)

    def private_files(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, Secret]:
        """Spark's properties."""
        properties = spark_properties(execution, instance, _jars_in_hdfs(self.cluster))
        return {_properties_path(execution, instance): Secret(rendered(properties))}

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """spark-submit, once Spark's jars are in HDFS."""
        home = spark_home(instance)
        submit = submit_command(f"{home}/bin/spark-submit", _properties_path(execution, instance), execution, directory)
        before = (f"{commands(instance)}/hdfs", f"{home}/jars", _jars_in_hdfs(self.cluster))
        return ("sh", "-c", SUBMIT, "sh", *before, *submit)

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Where Hadoop and Spark are, below the user's own."""
        own = {"SPARK_HOME": spark_home(instance), "SPARK_LOCAL_IP": instance.internal_ip}
        return {**hadoop_environment(instance), **own, **execution.spec.params}

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job, and what Spark could not run or would not heed."""
        yield from super().problems(cluster, job)
        yield from job_problems(job, RESERVED)
        if values.spark(cluster) == NO_SPARK:
            message, hint = "the cluster has no Spark", f"set the config {SPARK.name!r} to a release of Spark"
            yield ValidationError(error_message=message, path="type", code="JOB_NO_SPARK", hint=hint)

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """The configs most often set; any property of Spark may be."""
        return hints(job_type)


def spark_properties(execution: JobExecution, instance: Instance, jars: str) -> dict[str, str]:
    """All properties of a job of Spark.

    Args:
        execution: the job.
        instance: where its driver runs; connected.
        jars: the directory in HDFS of Spark's jars.
    """
    return {
        **job_properties(execution.spec),
        "spark.master": "yarn",
        "spark.submit.deployMode": "client",
        "spark.driver.host": instance.internal_ip,
        "spark.driver.bindAddress": instance.internal_ip,
        "spark.local.dir": hadoop_paths(instance).scratch,
        "spark.yarn.tags": tag(execution),
        "spark.yarn.jars": f"hdfs://{jars}/*",
    }


def _jars_in_hdfs(cluster: Cluster) -> str:
    return _JARS.format(values.spark(cluster))


def _properties_path(execution: JobExecution, instance: Instance) -> str:
    """Beside the job's directory, where the job's own files cannot be in its way."""
    return f"{job_directory(execution, instance)}.properties"
