"""What tells metrics, and where: the plugin's own processes, and those of the frameworks it knows.

Of frameworks only what they offer to everybody is used: names of processes and of configs.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from serai.contrib.prometheus import settings
from serai.contrib.prometheus.settings import NODE_EXPORTER, PROMETHEUS
from serai.hookspec.configs import SERVICE_PREFIX, Config, Recommendation
from serai.hookspec.objects import Cluster, NodeGroup

_SPARK: Final = f"{SERVICE_PREFIX}Spark"
_HDFS: Final = f"{SERVICE_PREFIX}HDFS"
_YARN: Final = f"{SERVICE_PREFIX}YARN"
_MAPREDUCE: Final = f"{SERVICE_PREFIX}MapReduce"


@frozen
class Source:
    """Metrics that each instance with a process tells over HTTP.

    Attributes:
        job: what Prometheus calls them.
        process: who tells them.
        target, config: the config that has the port: a number, or an address that ends in one.
        port: the port where that config has no value.
        path: of the URL.
    """

    job: str
    process: str
    target: str
    config: str
    port: int
    path: str = "/metrics"

    def port_of(self, node_group: NodeGroup) -> int:
        """The port in force in a node group of a cluster that passed validation."""
        value = _value(node_group, self.target, self.config)
        number = str(value).rpartition(":")[2]
        return int(number) if number.isdecimal() else self.port


@frozen
class Switch:
    """The config with which a framework is told to tell its metrics; nothing else of it is set.

    Attributes:
        target, config: which; it must be true.
        sources: what is told then.
    """

    target: str
    config: str
    sources: tuple[Source, ...]


def _own(job: str, process: str, config: Config) -> Source:
    return Source(job, process, config.applicable_target, config.name, int(config.default_value))


def _hadoop(process: str, target: str, config: str, port: int) -> Source:
    return Source(f"hadoop_{process}", process, target, config, port, "/prom")


OWN: Final = (
    _own("prometheus", PROMETHEUS, settings.PORT),
    _own("node", NODE_EXPORTER, settings.NODE_EXPORTER_PORT),
)

FRAMEWORKS: Final[Mapping[str, Switch]] = {
    "spark": Switch(
        _SPARK,
        "Prometheus metrics",
        (
            Source("spark_master", "master", _SPARK, "Master webui port", 8080, "/metrics/master/prometheus"),
            Source(
                "spark_applications", "master", _SPARK, "Master webui port", 8080, "/metrics/applications/prometheus"
            ),
            Source("spark_worker", "worker", _SPARK, "Worker webui port", 8081, "/metrics/prometheus"),
        ),
    ),
    "hadoop": Switch(
        _HDFS,
        "hadoop.prometheus.endpoint.enabled",
        (
            _hadoop("namenode", _HDFS, "dfs.namenode.http-address", 9870),
            _hadoop("secondarynamenode", _HDFS, "dfs.namenode.secondary.http-address", 9868),
            _hadoop("datanode", _HDFS, "dfs.datanode.http.address", 9864),
            _hadoop("journalnode", _HDFS, "dfs.journalnode.http-address", 8480),
            _hadoop("resourcemanager", _YARN, "yarn.resourcemanager.webapp.address", 8088),
            _hadoop("nodemanager", _YARN, "yarn.nodemanager.webapp.address", 8042),
            _hadoop("historyserver", _MAPREDUCE, "mapreduce.jobhistory.webapp.address", 19888),
        ),
    ),
}
"""By provisioning plugin. Of other frameworks only the machines are seen."""


def sources(cluster: Cluster) -> tuple[Source, ...]:
    """All that tell metrics in a cluster; a framework's only where its switch is on."""
    switch = FRAMEWORKS.get(cluster.plugin_name)
    if switch is None or _value(cluster, switch.target, switch.config) is not True:
        return OWN
    return (*OWN, *switch.sources)


def recommendations(cluster: Cluster) -> list[Recommendation]:
    """That the framework tells its metrics: nobody would look at them without this plugin."""
    switch = FRAMEWORKS.get(cluster.plugin_name)
    if switch is None:
        return []
    return [Recommendation(switch.target, switch.config, True, reason="Prometheus collects them")]


def _value(holder: Cluster | NodeGroup, target: str, name: str) -> Any:
    """The value in force of another plugin's config."""
    cluster = holder.cluster if isinstance(holder, NodeGroup) else holder
    default = cluster.config_defaults.get(target, {}).get(name)
    return holder.value(Config(name=name, applicable_target=target, default_value=default))
