"""A small framework, an auxiliary and a provider, as plugins: real ones, that the engine loads like any other."""

from collections.abc import Callable
from typing import Any

import pytest

from serai.engine.plugins.catalog import Catalog, admitted
from serai.hookspec import hookimpl
from serai.hookspec.errors import InvalidCluster
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Config, NodeGroup, Recommendation, ValidationError
from serai.hookspec.semantics import Role

CONFIGS = (
    Config(
        "Heap",
        "Memory of a daemon, in MiB.",
        "integer",
        default_value=512,
        applicable_target="service:Grid",
        minimum=64,
    ),
    Config("Mode", "How it stores.", "enum", ("fast", "safe"), "safe", "service:Grid"),
    Config("Port", "Of the master.", "integer", default_value=7000, applicable_target="service:Grid", scope="cluster"),
    Config("Owner", "Who pays.", applicable_target="general", scope="cluster", is_optional=False),
    Config("Password", "Of the console.", "secret", applicable_target="service:Console"),
    Config("Tracing", "Whether to trace.", "boolean", applicable_target="general"),
    Config("Rack", "Where a node stands.", applicable_target="service:Grid", is_optional=False),
)


class Grid:
    """A framework of a master and nodes, with an optional console."""

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["2.1.0", "2.0.0", "1.0.0"]

    @hookimpl
    def get_labels(self) -> dict[str, Any]:
        return {"version_labels": {"1.0.0": {"enabled": {"status": False}}}}

    @hookimpl
    def get_configs(self) -> list[Config]:
        return list(CONFIGS)

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return {"Grid": ["master", "node"], "Console": ["console"], "Client": []}

    @hookimpl
    def recommend_configs(self, cluster: Cluster) -> list[Recommendation]:
        return [
            Recommendation("service:Grid", "Heap", group.facts.memory_mb // 4, group.name, "a quarter of the memory")
            for group in cluster.node_groups
            if group.facts is not None
        ]

    @hookimpl
    def get_open_ports(self, node_group: NodeGroup) -> list[int]:
        return [int(node_group.configuration["service:Grid"]["Port"])] if "master" in node_group.node_processes else []

    @hookimpl
    def get_root_commands(self, node_group: NodeGroup) -> list[str]:
        return ["mount the store", "open its ports"] if "master" in node_group.node_processes else []

    @hookimpl
    def validate(self, cluster: Cluster) -> None:
        if (count := cluster.count_of("master")) != 1:
            message = f"there must be 1 master, not {count}"
            raise InvalidCluster(message, code="NOT_SINGLE_MASTER", place="node_groups", hint="one is enough")

    @hookimpl
    def validate_scaling(self, cluster: Cluster, existing: dict[str, int]) -> list[ValidationError]:
        return [
            ValidationError(error_message="the master cannot be scaled", path=name, code="MASTER_NOT_SCALABLE")
            for name in existing
            if "master" in cluster.node_group(name).node_processes
        ]

    @hookimpl
    def configure_cluster(self, cluster: Cluster) -> None:
        raise AssertionError("nothing is configured by validation")

    @hookimpl
    def start_cluster(self, cluster: Cluster) -> None:
        raise AssertionError("nothing is started by validation")

    @hookimpl
    def scale_cluster(self, cluster: Cluster) -> None:
        raise AssertionError("nothing is scaled by validation")


class Monitor:
    """An auxiliary for the newer versions of Grid."""

    @hookimpl
    def extends(self, plugin_name: str, hadoop_version: str) -> bool:
        return plugin_name == "grid" and hadoop_version.startswith("2.")

    @hookimpl
    def get_configs(self) -> list[Config]:
        return [Config("Interval", "Seconds.", "integer", default_value=30, applicable_target="service:Monitor")]

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return {"Monitor": ["exporter"]}


class Clash(Monitor):
    """An auxiliary that declares what another one declares."""


class Farm:
    """A provider with a few large machines."""

    @hookimpl
    def validate_infrastructure(self, cluster: Cluster) -> list[ValidationError]:
        wanted = sum(group.count for group in cluster.node_groups)
        if wanted <= 20:
            return []
        message = f"there is room for 20 machines, not {wanted}"
        return [ValidationError(error_message=message, path="infrastructure", code="NO_ROOM")]

    @hookimpl
    def get_machine_facts(self, node_group: NodeGroup) -> Facts | None:
        return Facts(cpus=4, memory_mb=4096) if node_group.flavor_id == "large" else None

    @hookimpl
    def create_machines(self) -> list[Any]:
        raise AssertionError("nothing is made by validation")

    @hookimpl
    def list_machines(self) -> list[Any]:
        return []

    @hookimpl
    def delete_machines(self) -> None:
        raise AssertionError("nothing is deleted by validation")

    @hookimpl
    def get_endpoint(self) -> None:
        raise AssertionError("nothing is reached by validation")


def catalog_of(plugin: object) -> Catalog:
    """A catalog with a provisioning plugin called ``grid`` and everything else of this file."""
    plugins = [
        admitted("grid", Role.PROVISIONING, plugin),
        admitted("monitor", Role.AUXILIARY, Monitor()),
        admitted("clash", Role.AUXILIARY, Clash()),
        admitted("farm", Role.INFRASTRUCTURE, Farm()),
    ]
    return Catalog(plugins=plugins, discover=False)


@pytest.fixture(name="catalog_of")
def _catalog_of() -> Callable[[object], Catalog]:
    return catalog_of


@pytest.fixture
def grid() -> type[Grid]:
    """The framework's class, for tests that change it."""
    return Grid


@pytest.fixture
def catalog() -> Catalog:
    """Grid, Monitor, Clash and Farm."""
    return catalog_of(Grid())


@pytest.fixture
def document() -> dict[str, Any]:
    """A valid cluster document that uses most fields."""
    return {
        "name": "demo",
        "plugin_name": "grid",
        "hadoop_version": "2.1.0",
        "infrastructure": {"provider": "farm"},
        "node_groups": [
            {"name": "master", "count": 1, "node_processes": ["master", "console"], "flavor_id": "large"},
            {
                "name": "nodes",
                "count": 3,
                "node_processes": ["node", "exporter"],
                "node_configs": {"service:Grid": {"Heap": 1024, "Mode": "fast"}, "general": {"Tracing": True}},
                "min_ready": 2,
            },
        ],
        "cluster_configs": {
            "general": {"Owner": "me"},
            "service:Grid": {"Port": 7001, "Rack": "r1"},
            "service:Console": {"Password": "hunter2"},
            "service:Monitor": {"Interval": 10},
        },
        "auxiliary_plugins": ["monitor"],
        "anti_affinity": ["node"],
    }
