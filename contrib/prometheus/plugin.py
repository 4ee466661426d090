"""The hooks of the auxiliary plugin ``prometheus``."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.contrib.prometheus import lifecycle
from serai.contrib.prometheus.checks import health_checks
from serai.contrib.prometheus.settings import CONFIGS, NODE_EXPORTER, NODE_EXPORTER_PORT, PORT, PROMETHEUS, SERVICE
from serai.contrib.prometheus.sources import recommendations
from serai.contrib.prometheus.validation import cluster_problems, scaling_problems
from serai.hookspec import SPI_VERSION, hookimpl
from serai.hookspec.changes import Changes
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.health import HealthCheck
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup, Recommendation, ValidationError
from serai.hookspec.run import Run


class PrometheusPlugin:
    """Monitors any cluster: its machines, and what its framework tells of itself."""

    SERAI_SPI = SPI_VERSION
    SERAI_TESTING = "serai.contrib.prometheus.testing:TESTING"

    @hookimpl
    def extends(self) -> bool:
        return True

    @hookimpl
    def get_configs(self) -> Sequence[Config]:
        return list(CONFIGS)

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {SERVICE: [PROMETHEUS, NODE_EXPORTER]}

    @hookimpl
    def get_required_image_tags(self) -> Sequence[str]:
        return ["prometheus"]

    @hookimpl
    def recommend_configs(self, cluster: Cluster) -> Sequence[Recommendation]:
        return recommendations(cluster)

    @hookimpl
    def validate(self, cluster: Cluster) -> None:
        if errors := cluster_problems(cluster):
            raise ValidationFailed(errors)

    @hookimpl
    def validate_scaling(
        self, cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
    ) -> Sequence[ValidationError]:
        return scaling_problems(cluster, existing, additional)

    @hookimpl
    def get_open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        ports = {PROMETHEUS: node_group.cluster.value(PORT), NODE_EXPORTER: node_group.value(NODE_EXPORTER_PORT)}
        return [port for process, port in ports.items() if process in node_group.node_processes]

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.configure(cluster.instances, run)

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.start(cluster, run)

    @hookimpl
    def scale_cluster(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        lifecycle.scale(cluster, instances, run)

    @hookimpl
    def decommission_nodes(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        lifecycle.decommission(cluster, instances, run)

    @hookimpl
    def reconfigure_cluster(self, cluster: Cluster, changes: Changes, run: Run) -> None:
        lifecycle.reconfigure(cluster, changes, run)

    @hookimpl
    def get_disruptions(self, changes: Changes) -> Sequence[str]:
        return list(lifecycle.disruptions(changes))

    @hookimpl
    def on_terminate_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.terminate(cluster, run)

    @hookimpl
    def get_health_checks(self, cluster: Cluster) -> Sequence[HealthCheck]:
        return health_checks(cluster)


PROMETHEUS_PLUGIN: Final = PrometheusPlugin()
