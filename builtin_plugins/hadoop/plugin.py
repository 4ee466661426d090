"""The hooks of the Hadoop plugin."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from serai.builtin_plugins.hadoop import lifecycle
from serai.builtin_plugins.hadoop.checks import health_checks
from serai.builtin_plugins.hadoop.configs import configs
from serai.builtin_plugins.hadoop.decommissioning import decommission
from serai.builtin_plugins.hadoop.jobs.offers import JOB_TYPES, config_hints, engine_for
from serai.builtin_plugins.hadoop.ports import open_ports
from serai.builtin_plugins.hadoop.processes import PROCESSES
from serai.builtin_plugins.hadoop.recommendation import recommendations
from serai.builtin_plugins.hadoop.reconfiguration import disruptions, reconfigure, update_policy
from serai.builtin_plugins.hadoop.scaling import scaling_problems
from serai.builtin_plugins.hadoop.validation import cluster_problems
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec import SPI_VERSION, hookimpl
from serai.hookspec.changes import Changes
from serai.hookspec.edp import JobEngine
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.health import HealthCheck
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup, Recommendation, UpdatePolicy, ValidationError
from serai.hookspec.run import Run


class HadoopPlugin:
    """Provisions Apache Hadoop: HDFS, YARN and MapReduce."""

    SERAI_SPI = SPI_VERSION
    SERAI_TESTING = "serai.builtin_plugins.hadoop.testing:TESTING"

    @hookimpl
    def get_versions(self) -> Sequence[str]:
        return list(VERSIONS)

    @hookimpl
    def get_configs(self, hadoop_version: str) -> Sequence[Config]:
        return list(configs(hadoop_version))

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {service: list(processes) for service, processes in PROCESSES.items()}

    @hookimpl
    def get_labels(self) -> Mapping[str, Any]:
        labels = {"enabled": {"status": True}, "stable": {"status": True}}
        return {"plugin_labels": labels, "version_labels": dict.fromkeys(VERSIONS, labels)}

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
    def get_update_policy(self, cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy | None:
        return update_policy(cluster, config, old, new)

    @hookimpl
    def get_disruptions(self, cluster: Cluster, changes: Changes) -> Sequence[str]:
        return list(disruptions(cluster, changes))

    @hookimpl
    def get_open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        return open_ports(node_group)

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.configure(cluster, run)

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.start(cluster, run)

    @hookimpl
    def scale_cluster(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        lifecycle.scale(cluster, instances, run)

    @hookimpl
    def decommission_nodes(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        decommission(cluster, instances, run)

    @hookimpl
    def reconfigure_cluster(self, cluster: Cluster, changes: Changes, run: Run) -> None:
        reconfigure(cluster, changes, run)

    @hookimpl
    def get_health_checks(self, cluster: Cluster) -> Sequence[HealthCheck]:
        return health_checks(cluster)

    @hookimpl
    def on_terminate_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.terminate(cluster, run)

    @hookimpl
    def get_edp_engine(self, cluster: Cluster, job_type: str) -> JobEngine | None:
        return engine_for(cluster, job_type)

    @hookimpl
    def get_edp_job_types(self, versions: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return {version: JOB_TYPES for version in VERSIONS if not versions or version in versions}

    @hookimpl
    def get_edp_config_hints(self, job_type: str) -> Mapping[str, Any] | None:
        return config_hints(job_type)


HADOOP: Final = HadoopPlugin()
