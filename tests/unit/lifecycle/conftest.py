"""An engine over hosts in memory, with a plugin that does on each what most do."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.errors import SeraiError
from serai.hookspec.health import HealthCheck
from serai.hookspec.semantics import Role
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.fleet import Fleet

SHEEP = Service("sheep", ["sheep"], ready=[Listening(7000)])


class Herd(Smallest):
    """Configures and starts every instance; remembers what it saw."""

    services: ClassVar = {"Herd": ["sheep"]}

    def __init__(self):
        self.seen = []
        self.timeout = 900.0
        self.is_stubborn = False

    @hookimpl
    def configure_cluster(self, cluster, run):
        self.configure(cluster.instances, run)

    @hookimpl
    def start_cluster(self, cluster, run):
        self.start(cluster.instances, run)

    @hookimpl
    def scale_cluster(self, instances, run):
        self.configure(instances, run)
        self.start(instances, run)

    @hookimpl
    def decommission_nodes(self):
        if self.is_stubborn:
            raise SeraiError("some would be lost", code="NOT_DRAINED")

    @hookimpl
    def on_terminate_cluster(self, cluster):
        self.note("terminate", cluster.instances)

    @hookimpl
    def get_health_checks(self, cluster) -> list[HealthCheck]:
        self.note("health", cluster.instances)
        return []

    def configure(self, instances, run):
        self.note("configure", instances)
        put = lambda instance: instance.remote.put({"/etc/sheep.conf": "wool"}, timeout=self.timeout)  # noqa: E731
        run.each(instances, put, step="configure", timeout=self.timeout)

    def start(self, instances, run):
        self.note("start", instances)
        run.each(instances, lambda instance: instance.remote.services.start(SHEEP), step="start", timeout=self.timeout)

    def note(self, hook, instances):
        self.seen.append((hook, [instance.instance_name for instance in instances]))


@pytest.fixture
def herd():
    return Herd()


@pytest.fixture
def fleet():
    return Fleet(connect_timeout=0.2)


@pytest.fixture
def engine(herd, fleet, tmp_path):
    plugins = [plugin("herd", Role.PROVISIONING, herd), plugin("fleet", Role.INFRASTRUCTURE, fleet)]
    with Engine.open(plugins=plugins, discover=False, cache=tmp_path) as engine:
        yield engine
        for host in fleet.hosts.values():
            host.thaw()


@pytest.fixture
def spec() -> Callable[..., ClusterSpec]:
    """The document of a cluster of one leader and some workers."""

    def document(count: int = 16, min_ready: int | None = None) -> ClusterSpec:
        groups = [
            {"name": "leader", "count": 1, "node_processes": ["sheep"]},
            {"name": "workers", "count": count, "node_processes": ["sheep"], "min_ready": min_ready},
        ]
        cluster = {"name": "demo", "plugin_name": "herd", "hadoop_version": "1", "node_groups": groups}
        return ClusterSpec.from_dict({**cluster, "infrastructure": {"provider": "fleet"}})

    return document
