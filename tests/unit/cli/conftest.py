"""A command line over a real engine, with a plugin of its own whose clusters only pretend to do anything."""

import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from small_disk import fill, small_disk

from serai.builtin_plugins.infrastructure.local import LocalProvider
from serai.engine import Engine, plugin
from serai.engine.cli.main import run
from serai.engine.cli.session import Session
from serai.hookspec import hookimpl
from serai.hookspec.changes import Changes
from serai.hookspec.edp import JobEngine
from serai.hookspec.errors import SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup
from serai.hookspec.run import Run
from serai.hookspec.semantics import Role
from serai.hookspec.shell_jobs import ShellJobEngine

__all__ = ["fill", "small_disk"]

MOOD = Config(
    "Mood",
    "How it feels",
    "enum",
    ("green", "yellow", "red"),
    "green",
    scope="cluster",
    priority=1,
    update_policy="rolling",
    update_processes=["tent"],
)
OBSTACLE = Config("Obstacle", "A file that keeps it from starting", default_value="", scope="cluster")
PASSWORD = Config("Password", "Known to few", "secret", applicable_target="service:Camp", scope="cluster")


class Camp:
    """Provisions camps: nothing runs there."""

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["2", "1"]

    @hookimpl
    def get_configs(self) -> list[Config]:
        return [OBSTACLE, MOOD, PASSWORD]

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {"Camp": ["guard", "tent"]}

    @hookimpl
    def get_labels(self) -> Mapping[str, Any]:
        return {"plugin_labels": {"enabled": {"status": True}}, "version_labels": {"1": {"enabled": {"status": True}}}}

    @hookimpl
    def get_root_commands(self, node_group: NodeGroup) -> Sequence[str]:
        return ["raise a wall", "dig a well"] if node_group.name == "guards" else []

    @hookimpl
    def configure_cluster(self, cluster: Cluster) -> None:
        cluster.info["Camp"] = {"Fire": f"http://{cluster.instances[0].internal_ip}:1"}

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        with run.step("light the fire"):
            named = cluster.node_groups[0].value(OBSTACLE)
            obstacle = Path(named)
            if obstacle.name == "interrupt":
                os.kill(os.getpid(), signal.SIGINT)  # what a terminal does at Ctrl-C
                run.wait_until(lambda: None, what="the end of time", timeout=60)
            if named and obstacle.exists():
                raise SeraiError("something is in the way", code="OBSTACLE", hint="take it away")

    @hookimpl
    def scale_cluster(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        run.each(instances, lambda instance: instance.remote.run("true"), step="pitch tents")

    @hookimpl
    def get_disruptions(self, cluster: Cluster, changes: Changes) -> list[str]:
        return ["Nobody sleeps."]

    @hookimpl
    def reconfigure_cluster(self, cluster: Cluster, changes: Changes, run: Run) -> None:
        run.each(changes.step.instances_with("tent", cluster), lambda each: each.remote.run("true"), step="air tents")

    @hookimpl
    def decommission_nodes(self, cluster: Cluster, instances: Sequence[Instance]) -> None:
        return None

    @hookimpl
    def get_health_checks(self, cluster: Cluster) -> list[HealthCheck]:
        color = HealthColor(cluster.node_groups[0].value(MOOD))
        return [HealthCheck("mood", lambda: Health(color, f"it feels {color}"))]

    @hookimpl
    def get_edp_engine(self, cluster: Cluster, job_type: str) -> JobEngine | None:
        return ShellJobEngine(cluster, "guard") if job_type == "Shell" else None

    @hookimpl
    def get_edp_job_types(self, versions: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return {version: ["Shell"] for version in versions or ["2", "1"]}


@frozen
class Answer:
    """How a command line ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


Serai = Callable[..., Answer]


@pytest.fixture
def serai(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Serai:
    """Run a command line: ``serai("ls", "--json")``; all of one test share a store."""

    def opened(url: str, transcript: Path | None) -> Engine:
        given = [
            plugin("camp", Role.PROVISIONING, Camp(), "caravan", "1.0"),
            plugin("local", Role.INFRASTRUCTURE, LocalProvider(tmp_path / "machines"), "caravan", "1.0"),
        ]
        return Engine.open(
            url, plugins=given, discover=False, cache=tmp_path / "cache", resume="manual", transcript=transcript
        )

    def invoke(*arguments: str) -> Answer:
        capfd.readouterr()
        session = Session(store=f"sqlite:///{tmp_path}/serai.db", opener=opened)
        code = run(arguments, session)
        return Answer(code, *capfd.readouterr())

    return invoke


@pytest.fixture
def document(tmp_path: Path) -> Callable[..., str]:
    """Write a cluster document, and give its path: ``document(Mood="red")`` sets a config."""

    def write(name: str = "demo", tents: int = 1, **configs: Any) -> str:
        path = tmp_path / f"{name}.json"
        cluster = {
            "name": name,
            "plugin_name": "camp",
            "hadoop_version": "2",
            "infrastructure": {"provider": "local"},
            "node_groups": [
                {"name": "guards", "count": 1, "node_processes": ["guard"]},
                {"name": "tents", "count": tents, "node_processes": ["tent"]},
            ],
            "cluster_configs": {"service:Camp": {"Password": "open sesame"}, "general": configs},
        }
        path.write_text(json.dumps(cluster))
        return str(path)

    return write
