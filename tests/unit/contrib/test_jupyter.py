"""JupyterLab on hosts in memory, and the files and command lines it gets."""

import json
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from smallest_plugin import Smallest

from serai.contrib.jupyter.configuration import kernel_command
from serai.contrib.jupyter.distribution import jupyter_artifact
from serai.contrib.jupyter.plugin import JUPYTER_PLUGIN
from serai.contrib.jupyter.server import ServerState, parse_state
from serai.hookspec.artifacts import PyPI
from serai.hookspec.changes import Changes, Step
from serai.hookspec.errors import HostsFailed, ValidationFailed
from serai.hookspec.gate import faults
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, NodeGroup
from serai.hookspec.remote import Layout
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, VirtualClock, said
from serai.hookspec.testing.fleet.fleet import FACTS
from serai.hookspec.testing.stage import Stage

TOKEN = "canary_4f9a2b7c81d0e6"


def status_page(host: FleetHost, asked: Asked) -> Any:
    """What ``/api/status`` says."""
    return said(json.dumps({"kernels": 2, "connections": 1, "started": "2026-01-01T00:00:00Z"}))


@pytest.fixture
def stage() -> Stage:
    """A framework that does nothing, and Jupyter, on hosts with a Python that fits."""
    fleet = Fleet(
        clock=VirtualClock(),
        facts=evolve(FACTS, python_version=platform.python_version(), architecture=platform.machine()),
    )
    fleet.answer(["mkdir"], said())
    fleet.answer(lambda asked: asked.argv[-1].endswith("/api/status"), status_page)
    return Stage({"smallest": Smallest(), "jupyter": JUPYTER_PLUGIN}, fleet)


@pytest.fixture
def cluster(stage: Stage) -> Cluster:
    """Made: a head with Jupyter, and a worker."""
    groups = {"head": (["jupyter"], 1), "workers": (["smallest"], 1)}
    made = stage.cluster(groups, values={"service:Jupyter": {"Token": TOKEN}})
    stage.create(made)
    return made


def on_paper(plugin: str = "other", token: str = TOKEN, **groups: list[str]) -> Cluster:
    """A cluster without machines."""
    made = Cluster("demo", plugin, "4.3.0", [NodeGroup(name, 1, processes) for name, processes in groups.items()])
    made.cluster_configs = {"service:Jupyter": {"Token": token}}
    made.bind_configs(JUPYTER_PLUGIN.get_configs())
    return made


def codes(cluster: Cluster) -> list[str]:
    try:
        JUPYTER_PLUGIN.validate(cluster)
    except ValidationFailed as failed:
        return [error.code for error in failed.errors]
    return []


def test_the_plugin_keeps_the_contract() -> None:
    """No fault at the gate that every plugin passes."""
    assert faults(JUPYTER_PLUGIN, Role.AUXILIARY) == []


def test_hook_extends_fits_every_framework() -> None:
    """Notebooks are of use everywhere."""
    assert JUPYTER_PLUGIN.extends()


def test_every_version_is_an_exact_one() -> None:
    """Another day nothing else is installed; what was asked for comes first."""
    artifact = jupyter_artifact()
    (source,) = artifact.sources
    assert isinstance(source, PyPI)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", requirement) for requirement in source.requirements)
    assert source.requirements[:1] == (f"jupyterlab=={artifact.version}",)


def test_a_started_server_answers_and_is_told(stage: Stage, cluster: Cluster) -> None:
    """It listens where it is, and people learn where that is."""
    assert stage.fleet.host("demo-head-1").processes.listeners == {8888: "jupyter"}
    assert stage.fleet.host("demo-workers-1").processes.listeners == {}
    assert cluster.info["Jupyter"] == {"JupyterLab": "http://10.0.0.1:8888/lab"}


def test_the_token_is_in_one_file_that_nobody_else_reads(stage: Stage, cluster: Cluster) -> None:
    """Never in a command line, in the environment, or in another file."""
    host = stage.fleet.host("demo-head-1")
    holding = {path: file.mode for path, file in host.files.items() if TOKEN.encode() in file.content}
    assert [(path.rpartition("/")[2], mode) for path, mode in holding.items()] == [
        ("jupyter_server_config.json", 0o600)
    ]
    service = host.processes.service("jupyter")
    assert service is not None
    assert TOKEN not in repr((service.argv, service.env))
    assert TOKEN not in repr(host.calls)


def test_the_server_listens_where_it_is_told_or_not_at_all(stage: Stage, cluster: Cluster) -> None:
    """On the instance's own address."""
    files = stage.fleet.host("demo-head-1").files
    (content,) = [file.content for path, file in files.items() if path.endswith("jupyter_server_config.json")]
    server = json.loads(content)["ServerApp"]
    assert (server["ip"], server["port"], server["port_retries"]) == ("10.0.0.1", 8888, 0)


def test_what_the_server_writes_is_nobody_elses(stage: Stage, cluster: Cluster, tmp_path: Path) -> None:
    """Its command line, with another program in the place of Jupyter: a page for browsers has the token in it."""
    service = stage.fleet.host("demo-head-1").processes.service("jupyter")
    assert service is not None
    command = service.argv[: service.argv.index("/usr/bin/python3")]
    page = tmp_path / "a page"
    subprocess.run([*command, "touch", page], check=True)
    assert page.stat().st_mode & 0o777 == 0o600


def test_kernels_start_in_sparks_environment_where_there_is_spark() -> None:
    """By the launcher that Spark has on each of its machines."""
    plain = kernel_command(on_paper(), "/usr/bin/python3", Layout("/p"))
    wired = kernel_command(on_paper("spark"), "/usr/bin/python3", Layout("/p"))
    assert plain == ("/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "{connection_file}")
    assert wired == ("/p/dist/spark/bin/with-spark", *plain)


def test_a_python_that_does_not_fit_is_refused_before_anything_starts(stage: Stage) -> None:
    """With the host, and what to do."""
    made = stage.cluster({"head": (["jupyter"], 1)}, values={"service:Jupyter": {"Token": TOKEN}})
    host = stage.fleet.host("demo-head-1")
    host.facts = evolve(host.facts, python_version="3.4.1")
    with pytest.raises(HostsFailed, match=r"JupyterLab is fetched for Python") as caught:
        stage.create(made)
    assert "demo-head-1" in str(caught.value)
    assert host.processes.listeners == {}


def test_hook_scale_cluster_serves_new_machines_too(stage: Stage, cluster: Cluster) -> None:
    """Each its own; the one there was goes on."""
    before = stage.fleet.host("demo-head-1").processes.service("jupyter")
    stage.scale(cluster, {"head": 2})
    assert stage.fleet.host("demo-head-2").processes.listeners == {8888: "jupyter"}
    assert stage.fleet.host("demo-head-1").processes.service("jupyter") is before
    assert cluster.info["Jupyter"]["JupyterLab"].count("http://") == 2


def test_hook_decommission_nodes_stops_what_leaves(stage: Stage, cluster: Cluster) -> None:
    """And nothing else."""
    stage.scale(cluster, {"head": 2})
    leaving = cluster.node_group("head").instances[-1:]
    stage.decommission_nodes(cluster, leaving)
    assert stage.fleet.host("demo-head-2").processes.listeners == {}
    assert stage.fleet.host("demo-head-1").processes.listeners == {8888: "jupyter"}
    assert cluster.info["Jupyter"] == {"JupyterLab": "http://10.0.0.1:8888/lab"}


def test_hook_reconfigure_cluster_restarts_with_another_token(stage: Stage, cluster: Cluster) -> None:
    """Its command line is the same, and what it has read is not."""
    host, other = stage.fleet.host("demo-head-1"), "another_token_of_users"
    cluster.cluster_configs["service:Jupyter"]["Token"] = other
    step = Step("restart", {"jupyter": ("demo-head-1",)})
    before = len(host.calls)
    stage.reconfigure_cluster(cluster, Changes((), (step,), step))
    assert any(other.encode() in file.content for file in host.files.values())
    assert [call.kind for call in host.calls[before:] if call.kind in ("stop", "start")] == ["stop", "start"]


@pytest.mark.parametrize(("policy", "told"), [("live", 0), ("restart", 1)])
def test_hook_get_disruptions_tells_of_kernels_that_end(policy: str, told: int) -> None:
    """When they do."""
    step = Step(policy, {"jupyter": ("demo-head-1",)})
    assert len(JUPYTER_PLUGIN.get_disruptions(Changes((), (step,), step))) == told


def test_hook_on_terminate_cluster_stops_it(stage: Stage, cluster: Cluster) -> None:
    """Kernels, which it started, end with it."""
    stage.on_terminate_cluster(cluster)
    assert stage.fleet.host("demo-head-1").processes.listeners == {}


def test_hook_get_health_checks_ask_the_server_itself(stage: Stage, cluster: Cluster) -> None:
    """Green with its kernels, red when it says something else."""
    (check,) = stage.get_health_checks(cluster)
    assert (check.check().color, check.check().reason) == (HealthColor.GREEN, "2 kernels")
    stage.fleet.answer(lambda asked: asked.argv[-1].endswith("/api/status"), said("<html>"))
    assert check.check().color is HealthColor.RED


def test_hook_validate_wants_it_beside_spark() -> None:
    """Kernels are drivers; of other frameworks nothing is needed."""
    assert codes(on_paper(a=["jupyter"])) == []
    assert codes(on_paper("spark", a=["master", "jupyter"], b=["worker"])) == []
    assert codes(on_paper("spark", a=["jupyter"], b=["master"])) == ["JUPYTER_ALONE"]
    assert codes(on_paper(a=["other"])) == ["NO_JUPYTER"]


def test_hook_validate_refuses_a_token_that_is_easily_guessed() -> None:
    """Without telling it. That there is one at all is the engine's rule."""
    for token in ("short", "with blanks and more", "sixteen-letters-ä"):
        with pytest.raises(ValidationFailed) as caught:
            JUPYTER_PLUGIN.validate(on_paper(token=token, a=["jupyter"]))
        assert [error.code for error in caught.value.errors] == ["TOKEN_UNFIT"]
        assert token not in str(caught.value)


def test_hook_validate_scaling_keeps_one_at_least() -> None:
    """And new groups with it need Spark, too."""
    made = on_paper("spark", a=["master", "jupyter"], b=["worker"])
    assert [error.code for error in JUPYTER_PLUGIN.validate_scaling(made, {"a": 0}, {})] == ["NO_JUPYTER"]
    assert JUPYTER_PLUGIN.validate_scaling(made, {"b": 3}, {}) == []


def test_hook_get_open_ports_where_it_runs() -> None:
    """As configured."""
    made = on_paper(a=["jupyter"], b=[])
    made.cluster_configs["service:Jupyter"]["Jupyter port"] = 9999
    assert [JUPYTER_PLUGIN.get_open_ports(group) for group in made.node_groups] == [[9999], []]


def test_answers_are_read_strictly() -> None:
    """Counts are counts."""
    assert parse_state(b'{"kernels": 1, "connections": 0}') == ServerState(1, 0)
    for wrong in (b"", b"[]", b"{}", b'{"kernels": true, "connections": 0}', b'{"kernels": -1, "connections": 0}'):
        with pytest.raises((ValueError, KeyError, TypeError)):
            parse_state(wrong)
