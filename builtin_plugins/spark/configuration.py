"""What is written on an instance: files by path, made of nothing but values."""

import shlex
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from serai.builtin_plugins.spark.java import InstalledJava
from serai.builtin_plugins.spark.launchers import environment_launcher, java_launcher, program_launcher
from serai.builtin_plugins.spark.layout import SparkPaths
from serai.builtin_plugins.spark.properties import rendered
from serai.builtin_plugins.spark.values import ClusterValues
from serai.hookspec.objects import Secret
from serai.hookspec.remote import File

Files = Mapping[str, str | Secret | File]

SUBMITTING: Final = ("spark-submit", "spark-sql", "spark-shell", "pyspark")
"""Spark's programs that make an application; on every instance they find the cluster without being told."""

WITH_SPARK: Final = "with-spark"
"""Beside Spark's programs: runs any other so that pyspark, when that imports it, finds the cluster."""

_METRICS: Final = {
    "spark.metrics.conf.*.sink.prometheusServlet.class": "org.apache.spark.metrics.sink.PrometheusServlet",
    "spark.metrics.conf.*.sink.prometheusServlet.path": "/metrics/prometheus",
    "spark.metrics.conf.master.sink.prometheusServlet.path": "/metrics/master/prometheus",
    "spark.metrics.conf.applications.sink.prometheusServlet.path": "/metrics/applications/prometheus",
}
"""https://spark.apache.org/docs/latest/monitoring.html#metrics, where it is a template of metrics.properties."""


@frozen
class Installation:
    """What is installed on an instance.

    Attributes:
        distribution: the directory that holds pyspark, and where Python finds it.
        java: its Java.
        archives: archives of classes, as of :func:`~serai.builtin_plugins.spark.launchers.java_launcher`.
    """

    distribution: str
    java: InstalledJava
    archives: str

    @property
    def spark_home(self) -> str:
        """Spark's home."""
        return f"{self.distribution}/pyspark"


def instance_files(
    values: ClusterValues, master: str, address: str, paths: SparkPaths, installed: Installation
) -> Files:
    """Everything that is written on one instance.

    Args:
        values: the cluster's.
        master: the master's ``spark://`` address.
        address: the instance's address: all that runs there binds to it and to nothing else.
        paths: the instance's.
        installed: what is installed there.
    """
    environment = program_environment(address, paths, installed)
    return {
        paths.properties: properties_file(values, master, address),
        paths.java: java_launcher(installed.java, f"{installed.spark_home}/jars", installed.archives),
        paths.program("spark-class"): program_launcher("spark-class", environment, ()),
        **{
            paths.program(name): program_launcher(name, environment, ("--properties-file", paths.properties))
            for name in SUBMITTING
        },
        paths.program(WITH_SPARK): environment_launcher(python_environment(environment, paths), installed.distribution),
    }


def properties_file(
    values: ClusterValues, master: str, address: str, further: Mapping[str, str] | None = None
) -> str | Secret:
    """The content of a spark-defaults.conf, which nobody else may read when there are secrets in it.

    Args:
        values, master, address: as of :func:`instance_files`.
        further: what one job wants otherwise.
    """
    content = rendered({**spark_properties(values, master, address), **(further or {})})
    return Secret(content) if values.has_secrets or further else content


def program_environment(address: str, paths: SparkPaths, installed: Installation) -> dict[str, str]:
    """The environment of Spark's programs on one instance. Arguments are those of :func:`instance_files`.

    SPARK_CONF_DIR comes first on every class path and must not hold a file: a JVM refuses shared classes behind it.
    """
    return {
        "SPARK_HOME": installed.spark_home,
        "JAVA_HOME": paths.java_home,
        "SPARK_CONF_DIR": f"{installed.spark_home}/conf",
        "SPARK_LOCAL_IP": address,
        "SPARK_LOCAL_DIRS": ",".join(paths.scratch),
    }


def python_environment(environment: Mapping[str, str], paths: SparkPaths) -> dict[str, str]:
    """The environment of a Python that makes a session by itself, as notebooks do.

    Args:
        environment: that of Spark's programs.
        paths: the instance's.
    """
    options = ("--properties-file", shlex.quote(paths.properties), "pyspark-shell")
    return {**environment, "PYSPARK_SUBMIT_ARGS": " ".join(options)}


def spark_properties(values: ClusterValues, master: str, address: str) -> dict[str, str]:
    """The properties in force on one instance, for daemons and for drivers. Arguments as of :func:`instance_files`.

    The user's stand above our suggestions and below what must be as it is.
    """
    return {**_suggested(values), **values.properties, **_fixed(values, master, address)}


def _suggested(values: ClusterValues) -> dict[str, str]:
    """What we would have otherwise than Spark, where the user does not mind."""
    return {
        "spark.storage.decommission.enabled": "true",
        "spark.storage.decommission.rddBlocks.enabled": "true",
        "spark.storage.decommission.shuffleBlocks.enabled": "true",
        # An executor that leaves looks this often whether all is handed over; the default, 30 s, is how long it stays.
        "spark.storage.decommission.replicationReattemptInterval": "2s",
        "spark.worker.cleanup.enabled": "true",
        # A driver's alone: at INFO what the job says is lost among a hundred lines. Daemons and executors stay at INFO.
        "spark.log.level": "WARN",
        "spark.master.ui.decommission.allow.mode": "DENY",
        **(_METRICS if values.has_metrics else {}),
    }


def _fixed(values: ClusterValues, master: str, address: str) -> dict[str, str]:
    ports = values.ports
    fixed = {
        "spark.master": master,
        "spark.driver.host": address,
        "spark.driver.bindAddress": address,
        "spark.driver.port": str(ports.driver),
        "spark.blockManager.port": str(ports.block_manager),
        "spark.port.maxRetries": str(ports.range - 1),
        "spark.executor.memory": f"{values.memory.executor}m",
        "spark.driver.memory": f"{values.memory.driver}m",
        "spark.master.rest.enabled": "false" if ports.rest is None else "true",
        "spark.worker.timeout": str(values.timeouts.worker),
        "spark.decommission.enabled": "true",
    }
    if ports.rest is not None:
        fixed |= {"spark.master.rest.host": address, "spark.master.rest.port": str(ports.rest)}
    if values.secret is not None:
        fixed |= {"spark.authenticate": "true", "spark.authenticate.secret": values.secret.reveal()}
    return fixed
