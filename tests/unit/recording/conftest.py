"""An engine that records, on hosts in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config, ConfigType
from serai.hookspec.run import Run
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Fleet
from serai.hookspec.transcripts import Exchange, Transcript

CANARY = "kanarienvogel-4711"


class Doing(Smallest):
    """Does on each of its machines what a test says, as it is configured."""

    def __init__(self, work: Callable[[Any, Run], Any]) -> None:
        self.work = work

    @hookimpl
    def get_configs(self) -> list[Config]:
        return [Config("Token", config_type=ConfigType.SECRET)]

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        run.each(cluster.instances, lambda instance: self.work(instance, run), step="Work")


@define
class Studio:
    """Makes clusters of one machine, and records what is done on it."""

    directory: Path
    fleet: Fleet = field(factory=Fleet)

    @property
    def path(self) -> Path:
        return self.directory / "t.jsonl"

    @contextmanager
    def engine(self, work: Callable[[Any, Run], Any]) -> Iterator[Engine]:
        plugins = [
            plugin("doing", Role.PROVISIONING, Doing(work)),
            plugin("fleet", Role.INFRASTRUCTURE, self.fleet),
        ]
        with Engine.open(plugins=plugins, discover=False, cache=self.directory / "c", transcript=self.path) as engine:
            yield engine

    def record(self, work: Callable[[Any, Run], Any], *, name: str = "demo", count: int = 1) -> tuple[Exchange, ...]:
        """What is in the transcript when a cluster was made, on whose machines that was done, and taken down again."""
        with self.engine(work) as engine:
            engine.clusters.create(self.spec(name, count)).result(30)
            engine.clusters.delete(name).result(30)
        return self.recorded

    def spec(self, name: str, count: int = 1) -> ClusterSpec:
        return ClusterSpec.from_dict(
            {
                "name": name,
                "plugin_name": "doing",
                "hadoop_version": "1",
                "infrastructure": {"provider": "fleet"},
                "cluster_configs": {"general": {"Token": CANARY}},
                "node_groups": [{"name": "nodes", "count": count, "node_processes": ["smallest"]}],
            }
        )

    @property
    def recorded(self) -> tuple[Exchange, ...]:
        return Transcript.read(self.path).exchanges


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)
