"""An engine over hosts in memory, and a plugin with a config for each way in which values come into force."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.errors import InvalidCluster, SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Config, Recommendation, ValidationError
from serai.hookspec.semantics import Role
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Fleet

TARGET = "service:Band"


def config(name: str, policy: str, **rest: Any) -> Config:
    """A config of the band's."""
    return Config(name, config_type="integer", applicable_target=TARGET, update_policy=policy, **rest)


CONFIGS = (
    config("Encores", "live", default_value=1, scope="cluster"),
    config("Tempo", "reload", default_value=100, scope="cluster"),
    config("Seat", "rolling", default_value=1, update_processes=["player"]),
    config("Volume", "rolling", update_processes=["player"]),
    config("Score", "restart", default_value=1, scope="cluster"),
    config("Baton", "restart", default_value=1, scope="cluster", update_processes=["conductor"]),
    config("Violin", "replace", default_value=1),
    config("Hall", "immutable", default_value=1, scope="cluster"),
    Config("Password", config_type="secret", applicable_target=TARGET, scope="cluster", update_policy="live"),
    Config("Silent", applicable_target="general", scope="cluster"),
)
BY_NAME = {each.name: each for each in CONFIGS}


class Band:
    """A conductor and players: services whose declarations hold the values they heed."""

    def __init__(self) -> None:
        self.steps: list[Any] = []
        self.changes: Any = None
        self.broken: str = ""  # an instance on which nothing starts
        self.ill: list[str] = []

    @hookimpl
    def get_versions(self):
        return ["1"]

    @hookimpl
    def get_configs(self):
        return list(CONFIGS)

    @hookimpl
    def get_node_processes(self):
        return {"Band": ["conductor", "player"]}

    @hookimpl
    def recommend_configs(self, cluster):
        return [
            Recommendation(TARGET, "Volume", 100 // group.count, group.name, "shared out")
            for group in cluster.groups_with("player")
            if group.count
        ]

    @hookimpl
    def validate(self, cluster):
        if cluster.value(BY_NAME["Tempo"]) > 500:
            raise InvalidCluster("nobody can play so fast", code="TOO_FAST", place="cluster_configs")

    @hookimpl
    def validate_scaling(self, existing):
        if existing.get("conductor", 1) == 1:
            return []
        return [ValidationError(error_message="there is one conductor", path="conductor", code="ONE_CONDUCTOR")]

    @hookimpl
    def get_disruptions(self, changes):
        return ["The music stops."] if any(step.processes for step in changes.steps) else []

    @hookimpl
    def configure_cluster(self): ...

    @hookimpl
    def start_cluster(self, cluster, run):
        run.each(cluster.instances, self.start, step="start")

    @hookimpl
    def scale_cluster(self, instances, run):
        run.each(instances, self.start, step="start")

    @hookimpl
    def decommission_nodes(self, instances):
        self.steps.append(["drain", *(instance.instance_name for instance in instances)])

    @hookimpl
    def reconfigure_cluster(self, cluster, changes, run):
        self.steps.append(changes.step)
        self.changes = changes
        for process in changes.step.processes:
            run.each(changes.step.instances_with(process, cluster), self.start, step=f"renew {process}")

    @hookimpl
    def get_health_checks(self):
        return [HealthCheck(name, lambda: Health(HealthColor.RED, "it is ill")) for name in self.ill]

    def start(self, instance):
        if instance.instance_name == self.broken:
            raise SeraiError("a string is broken", code="BROKEN", place=instance.instance_name)
        for process in instance.node_group.node_processes:
            instance.remote.services.start(service(instance, process))


def service(instance: Any, process: str) -> Service:
    """A process with the values it heeds."""
    group = instance.node_group
    names = ("Seat", "Volume", "Score", "Violin") if process == "player" else ("Score", "Baton")
    return Service(process, [process, *(f"{name}={group.value(BY_NAME[name])}" for name in names)])


class Hall(Fleet):
    """Hosts in memory, as many as there are seats."""

    seats = 100

    @hookimpl
    def validate_infrastructure(self, cluster):
        count = sum(group.count for group in cluster.node_groups)
        return [ValidationError(error_message="no seat is free", code="FULL")] if count > self.seats else []


class Quartet(Band):
    """A band that cannot be told anything while it plays."""

    reconfigure_cluster = None


@pytest.fixture
def band() -> Band:
    """The plugin."""
    return Band()


@pytest.fixture
def fleet() -> Hall:
    """The hosts."""
    return Hall()


@pytest.fixture
def engine(band: Band, fleet: Fleet, tmp_path) -> Iterator[Engine]:
    """An engine with both plugins."""
    plugins = [
        plugin("band", Role.PROVISIONING, band),
        plugin("quartet", Role.PROVISIONING, Quartet()),
        plugin("fleet", Role.INFRASTRUCTURE, fleet),
    ]
    url = f"sqlite:///{tmp_path}/serai.db"
    with Engine.open(url, plugins=plugins, discover=False, cache=tmp_path) as opened:
        yield opened


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """Makes a document of a conductor and players, with values by the names of configs."""

    def make(players: int = 3, *, only: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        group = {"name": "players", "count": players, "node_processes": ["player"]}
        if only:
            group["node_configs"] = {TARGET: only}
        return {
            "name": "demo",
            "plugin_name": "band",
            "hadoop_version": "1",
            "infrastructure": {"provider": "fleet"},
            "node_groups": [{"name": "conductor", "count": 1, "node_processes": ["conductor"]}, group],
            "cluster_configs": {TARGET: values} if values else {},
        }

    return make


@pytest.fixture
def spec(document: Callable[..., dict[str, Any]]) -> Callable[..., ClusterSpec]:
    """The same as specs."""
    return lambda *args, **values: ClusterSpec.from_dict(document(*args, **values))


@pytest.fixture
def running(engine: Engine, spec: Callable[..., ClusterSpec], band: Band) -> Engine:
    """The engine, with a cluster of a conductor and three players that runs."""
    engine.clusters.create(spec()).result(30)
    band.steps.clear()
    return engine
