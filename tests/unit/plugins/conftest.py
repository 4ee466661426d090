"""Two small plugins that implement every hook, and a stack of them."""

from collections.abc import Callable
from typing import Any

import pytest

from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.plugins.stack import Stack
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, Recommendation, UpdatePolicy, ValidationError
from serai.hookspec.errors import InvalidCluster, ValidationFailed
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.images import ImageArgument
from serai.hookspec.semantics import Role


class Engine:
    """A job engine that is only looked at."""

    def run_job(self, execution): ...

    def get_job_status(self, execution): ...

    def cancel_job(self, execution): ...

    def validate_job_execution(self, cluster, job, data): ...

    def get_job_output(self, execution): ...

    @staticmethod
    def get_possible_job_config(job_type): ...

    @staticmethod
    def get_supported_job_types(): ...


class Framework:
    """A provisioning plugin that writes down what is called."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    @hookimpl
    def get_versions(self):
        self.calls.append("get_versions")
        return ["2.0", "1.0"]

    @hookimpl
    def get_configs(self, hadoop_version):
        self.calls.append("get_configs")
        return [Config("heap", applicable_target="service:Store", config_type="integer", default_value=512)]

    @hookimpl
    def get_node_processes(self, hadoop_version):
        return {"Store": ["keeper", "holder"]}

    @hookimpl
    def get_required_image_tags(self, hadoop_version):
        return ["framework", hadoop_version]

    @hookimpl
    def get_labels(self):
        return {"plugin_labels": {"stable": {"status": True}}, "version_labels": {}}

    @hookimpl
    def recommend_configs(self, cluster, scaling):
        return [Recommendation("service:Store", "heap", 1024, reason="a quarter of 4096")]

    @hookimpl
    def validate(self, cluster):
        raise InvalidCluster(
            "Hadoop cluster should contain only 1 NameNode instance. Actual NN count is 2", code="NOT_SINGLE_NAME_NODE"
        )

    @hookimpl
    def validate_scaling(self, cluster, existing, additional):
        return [ValidationError(error_message="too few", code="TOO_FEW")]

    @hookimpl
    def get_open_ports(self, node_group):
        return [7000, 7001]

    @hookimpl
    def get_root_commands(self, node_group):
        return ["install packages", f"mount disks of {node_group.name}"]

    @hookimpl
    def update_infra(self, cluster):
        self.calls.append("framework")

    @hookimpl
    def configure_cluster(self, cluster):
        self.calls.append("framework")

    @hookimpl
    def start_cluster(self, cluster, run):
        self.calls.append("framework")

    @hookimpl
    def scale_cluster(self, cluster, instances, run):
        self.calls.append("framework")

    @hookimpl
    def decommission_nodes(self, cluster, instances):
        self.calls.append("framework")

    @hookimpl
    def reconfigure_cluster(self, cluster, changes, run):
        self.calls.append(f"framework {changes.step.policy}")

    @hookimpl
    def get_update_policy(self, config, old, new):
        return UpdatePolicy.LIVE if config.name == "heap" and new < old else None

    @hookimpl
    def get_disruptions(self, cluster, changes):
        return ["The store stands still."]

    @hookimpl
    def on_terminate_cluster(self, cluster, run):
        self.calls.append("framework")

    @hookimpl
    def get_health_checks(self, cluster):
        return [HealthCheck("store", lambda: Health(HealthColor.GREEN))]

    @hookimpl
    def get_edp_engine(self, cluster, job_type):
        return Engine() if job_type == "Java" else None

    @hookimpl
    def get_edp_job_types(self, versions):
        return {"2.0": ["Java"], "1.0": []}

    @hookimpl
    def get_edp_config_hints(self, job_type, version):
        return {"job_config": {"configs": [], "params": {}, "args": []}} if job_type == "Java" else None

    @hookimpl
    def get_image_arguments(self, hadoop_version):
        return [ImageArgument("java")]

    @hookimpl
    def pack_image(self, hadoop_version, remote, test_only, image_arguments):
        self.calls.append(f"framework {hadoop_version} {test_only}")

    @hookimpl
    def validate_images(self, cluster, test_only, image_arguments):
        self.calls.append("framework")


class Monitor:
    """An auxiliary plugin that adds to Framework's clusters."""

    def __init__(self, calls: list[str], name: str = "monitor", port: int = 9000) -> None:
        self.calls = calls
        self.name = name
        self.port = port

    @hookimpl
    def extends(self, plugin_name, hadoop_version):
        return plugin_name == "framework"

    @hookimpl
    def get_configs(self):
        return [Config("interval", applicable_target=f"service:{self.name}")]

    @hookimpl
    def get_node_processes(self):
        return {self.name: [f"{self.name}d"]}

    @hookimpl
    def get_required_image_tags(self):
        return [self.name, "framework"]

    @hookimpl
    def validate(self, cluster):
        raise ValidationFailed([ValidationError(error_message="no monitor", code="NO_MONITOR", path="node_groups")])

    @hookimpl
    def validate_scaling(self):
        raise InvalidCluster("monitor stays", code="MONITOR_STAYS")

    @hookimpl
    def get_open_ports(self, node_group):
        return [self.port, 7001]

    @hookimpl
    def get_root_commands(self):
        return [f"start {self.name}", "install packages"]

    @hookimpl
    def update_infra(self):
        self.calls.append(self.name)

    @hookimpl
    def configure_cluster(self, run):
        self.calls.append(self.name)

    @hookimpl
    def start_cluster(self):
        self.calls.append(self.name)

    @hookimpl
    def scale_cluster(self):
        self.calls.append(self.name)

    @hookimpl
    def decommission_nodes(self):
        self.calls.append(self.name)

    @hookimpl
    def get_disruptions(self):
        return ["The store stands still.", f"{self.name} sees nothing."]

    @hookimpl
    def on_terminate_cluster(self):
        self.calls.append(self.name)
        raise RuntimeError("cannot say goodbye")

    @hookimpl
    def get_health_checks(self):
        return [HealthCheck(self.name, lambda: Health(HealthColor.GREEN))]

    @hookimpl
    def get_edp_engine(self, job_type):
        return Engine() if job_type == "Shell" else None

    @hookimpl
    def get_edp_job_types(self):
        return {"2.0": ["Shell"]}

    @hookimpl
    def get_image_arguments(self):
        return [ImageArgument(self.name)]

    @hookimpl
    def recommend_configs(self):
        return [Recommendation(f"service:{self.name}", "interval", "10s")]


@pytest.fixture
def calls() -> list[str]:
    """What the plugins wrote down."""
    return []


@pytest.fixture
def catalog(calls: list[str]) -> Catalog:
    """A catalog of these plugins alone."""
    plugins = [
        admitted("framework", Role.PROVISIONING, Framework(calls)),
        admitted("monitor", Role.AUXILIARY, Monitor(calls)),
        admitted("notebook", Role.AUXILIARY, Monitor(calls, "notebook", 8888)),
    ]
    return Catalog(plugins=plugins, discover=False)


@pytest.fixture
def stack(catalog: Catalog) -> Stack:
    """Framework with both auxiliaries."""
    return catalog.stack("framework", "2.0", ["monitor", "notebook"])


@pytest.fixture
def cluster() -> Cluster:
    """A cluster of that stack."""
    group = NodeGroup("all", count=1, node_processes=["keeper"])
    return Cluster("demo", "framework", "2.0", [group], auxiliary_plugins=["monitor", "notebook"])


@pytest.fixture
def framework_with(calls: list[str]) -> Callable[..., Any]:
    """Make a catalog whose framework has other implementations of some hooks."""

    def make(**hooks: Callable[..., Any]) -> Catalog:
        changed = type("Changed", (Framework,), {name: hookimpl(function) for name, function in hooks.items()})
        return Catalog(plugins=[admitted("framework", Role.PROVISIONING, changed(calls))], discover=False)

    return make
