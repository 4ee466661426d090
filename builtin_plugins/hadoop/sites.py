"""The files that are written on an instance: what users set, and above it what Serai itself does."""

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.configs import OWN_DEFAULTS
from serai.builtin_plugins.hadoop.generated import generated_properties
from serai.builtin_plugins.hadoop.layout import HadoopPaths, hadoop_paths
from serai.builtin_plugins.hadoop.processes import RESOURCEMANAGER
from serai.builtin_plugins.hadoop.racks import rack_files
from serai.builtin_plugins.hadoop.rendering import site_file, site_xml
from serai.builtin_plugins.hadoop.zookeeper import zookeeper_files
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Instance, Secret
from serai.hookspec.remote import File

Files = Mapping[str, str | Secret | File]

_LOG4J: Final = """\
# Everything goes where the service's output goes.
log4j.rootLogger=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c: %m%n
# That there is no native library is as it should be.
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
"""
_QUEUES: Final = {
    "yarn.scheduler.capacity.root.queues": "default",
    "yarn.scheduler.capacity.root.default.capacity": "100",
    "yarn.scheduler.capacity.root.default.maximum-am-resource-percent": "0.5",
    "yarn.scheduler.capacity.resource-calculator": "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator",
}
"""One queue. The CapacityScheduler has no default for which queues there are; small clusters would wait for ever for
the master of a second job with the tenth of the memory that masters may take by its default."""
_WEB_APPLICATIONS: Final = ("hdfs", "datanode", "secondary", "journal")
"""Directories that HDFS looks for and Maven's jars lack; pages may be missing, directories may not."""


def instance_files(instance: Instance) -> Files:
    """Everything that is written on one instance.

    Args:
        instance: where; connected.
    """
    paths = hadoop_paths(instance)
    return {
        **site_files(instance),
        f"{paths.conf}/log4j.properties": _LOG4J,
        paths.host_names: f"127.0.0.1 localhost {instance.remote.facts.hostname}\n",
        f"{paths.scratch}/.keep": "",
        **{f"{paths.conf}/webapps/{name}/.keep": "" for name in _WEB_APPLICATIONS},
        **_queues(instance, paths),
        **rack_files(instance, instance.node_group.cluster.instances),
        **zookeeper_files(instance),
    }


def site_files(instance: Instance) -> Files:
    """Hadoop's own configuration files of an instance; one with secrets in it nobody else may read."""
    paths = hadoop_paths(instance)
    return {paths.site(file): site_file(site) for file, site in site_values(instance).items()}


def site_values(instance: Instance) -> Mapping[str, values.Site]:
    """What is in them, by file."""
    generated = generated_properties(instance)
    return {
        file: evolve(site, values={**OWN_DEFAULTS.get(file, {}), **site.values, **generated[file]})
        for file, site in values.set_properties(instance.node_group).items()
    }


def _queues(instance: Instance, paths: HadoopPaths) -> Files:
    if not runs(instance, RESOURCEMANAGER):
        return {}
    return {f"{paths.conf}/capacity-scheduler.xml": site_xml(_QUEUES)}
