"""The hooks of the Dask plugin."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from serai.builtin_plugins.dask import lifecycle
from serai.builtin_plugins.dask.checks import health_checks
from serai.builtin_plugins.dask.decommissioning import decommission
from serai.builtin_plugins.dask.jobs import DaskShellEngine
from serai.builtin_plugins.dask.recommendation import recommendations
from serai.builtin_plugins.dask.reconfiguration import disruptions, reconfigure
from serai.builtin_plugins.dask.settings import CONFIGS, SCHEDULER, SERVICE, WORKER
from serai.builtin_plugins.dask.topology import dask_ports
from serai.builtin_plugins.dask.validation import cluster_problems, scaling_problems
from serai.builtin_plugins.dask.versions import VERSIONS
from serai.hookspec import SPI_VERSION, hookimpl
from serai.hookspec.changes import Changes
from serai.hookspec.edp import JobEngine
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.health import HealthCheck
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup, Recommendation, ValidationError
from serai.hookspec.run import Run


class DaskPlugin:
    """Provisions Dask: one scheduler, and workers that come and go."""

    SERAI_SPI = SPI_VERSION
    SERAI_TESTING = "serai.builtin_plugins.dask.testing:TESTING"

    @hookimpl
    def get_versions(self) -> Sequence[str]:
        return list(VERSIONS)

    @hookimpl
    def get_configs(self) -> Sequence[Config]:
        return list(CONFIGS)

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {SERVICE: [SCHEDULER, WORKER]}

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
    def get_open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        return dask_ports(node_group)

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
        decommission(cluster, instances, run)

    @hookimpl
    def get_disruptions(self, cluster: Cluster, changes: Changes) -> Sequence[str]:
        return list(disruptions(cluster, changes))

    @hookimpl
    def reconfigure_cluster(self, cluster: Cluster, changes: Changes, run: Run) -> None:
        reconfigure(cluster, changes, run)

    @hookimpl
    def on_terminate_cluster(self, cluster: Cluster, run: Run) -> None:
        lifecycle.terminate(cluster, run)

    @hookimpl
    def get_health_checks(self, cluster: Cluster) -> Sequence[HealthCheck]:
        return health_checks(cluster)

    @hookimpl
    def get_edp_engine(self, cluster: Cluster, job_type: str) -> JobEngine | None:
        return DaskShellEngine(cluster) if job_type in DaskShellEngine.get_supported_job_types() else None

    @hookimpl
    def get_edp_job_types(self, versions: Sequence[str]) -> Mapping[str, Sequence[str]]:
        types = [str(job_type) for job_type in DaskShellEngine.get_supported_job_types()]
        return {version: types for version in VERSIONS if not versions or version in versions}

    @hookimpl
    def get_edp_config_hints(self, job_type: str) -> Mapping[str, Any] | None:
        supported = job_type in DaskShellEngine.get_supported_job_types()
        return DaskShellEngine.get_possible_job_config(job_type) if supported else None


DASK: Final = DaskPlugin()
