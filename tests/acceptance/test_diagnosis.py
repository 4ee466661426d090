"""A Dask cluster whose workers cannot start: the command says why, and writes an archive without secrets."""

import json
import os
import socket
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from installed_plugin import installed_plugin

CANARY = 'ca"nary/of the\\mine é'

PLUGIN = '''
from serai.hookspec import hookimpl
from serai.hookspec.objects import Config
from serai.hookspec.services import LogLine, Service

TOKEN = Config("Token", "Known to few", "secret", applicable_target="service:Canary", scope="cluster")


class Canary:
    """Lets its secret out wherever it can."""

    @hookimpl
    def extends(self, plugin_name):
        return plugin_name == "dask"

    @hookimpl
    def get_configs(self):
        return [TOKEN]

    @hookimpl
    def get_node_processes(self):
        return {"Canary": ["canary"]}

    @hookimpl
    def configure_cluster(self, cluster, run):
        token = cluster.value(TOKEN)
        run.log.warning("the token is %s", token.reveal())
        cluster.info["Canary"] = {"Song": token}
        for instance in cluster.instances:
            path = f"{instance.remote.layout.conf}/token"
            instance.remote.put({path: token})
            song = Service("canary", ["sh", "-c", 'cat "$0" >&2; echo >&2; sleep 600', path])
            instance.remote.services.start(song)

    @hookimpl
    def start_cluster(self, cluster):
        pass


CANARY = Canary()
'''


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An auxiliary plugin, installed for the commands of this test alone."""
    monkeypatch.setenv("PYTHONPATH", str(installed_plugin(tmp_path / "site", "auxiliary", "canary", "CANARY", PLUGIN)))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program has, on every address of this machine."""
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def document(tmp_path: Path, taken: int, canary: None) -> str:
    cluster = {
        "name": "demo",
        "plugin_name": "dask",
        "hadoop_version": "2026.8.0",
        "auxiliary_plugins": ["canary"],
        "infrastructure": {"provider": "local"},
        "cluster_configs": {
            "service:Dask": {"Worker port": taken, "Start timeout": 15, "Worker memory": 256},
            "service:Canary": {"Token": CANARY},
        },
        "node_groups": [
            {"name": "scheduler", "count": 1, "node_processes": ["scheduler"]},
            {"name": "workers", "count": 2, "node_processes": ["worker", "canary"]},
        ],
    }
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(cluster))
    return str(path)


def contents(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        return {each.name.partition("/")[2]: tar.extractfile(each).read().decode() for each in tar}  # type: ignore[union-attr]


def test_a_worker_whose_port_is_taken_is_explained_everywhere_and_no_secret_gets_out(
    serai: Callable[..., Any], document: str, taken: int, tmp_path: Path
) -> None:
    """Host, service, log and hint: from ``up``, ``show`` and the archive; also when the plugins are gone."""
    log = tmp_path / "engine.log"
    failed = serai("up", document, "--log-file", str(log), code=1)
    shown = serai("show", "demo")
    bundle = tmp_path / "bundle.tar.gz"
    serai("diagnose", "demo", "--output", str(bundle), "--log-file", str(log))
    found = serai("show", "demo", "--json").document["last_operation"]["findings"][0]
    files = contents(bundle)
    for said in (failed.stderr, shown.stdout, files["operations.json"]):
        assert "demo-workers-1" in said, said
        assert "Address already in use" in said
        assert "see the worker's log" in said
    assert found["host"] == "demo-workers-1"
    assert found["phase"] == "start"
    assert found["limit"] == 15
    assert any("Address already in use" in line for line in found["log"])
    assert found["service"] == "dask-worker"
    worker = json.loads(files["machines/demo-workers-1.json"])
    assert "Address already in use" in worker["services"]["dask-worker"]["stderr"]
    assert worker["services"]["canary"]["stderr"].strip() == "******"
    assert {"README.txt", "cluster.json", "events.jsonl", "plan.json", "health.json", "doctor.json", "engine.log"} <= {
        *files
    }
    assert "demo-workers-1" in files["README.txt"]
    logged = [json.loads(line) for line in files["engine.log"].splitlines()]
    assert any(each.get("serai_phase") == "start" and each["serai_cluster"] == "demo" for each in logged)
    everything = [failed.stderr, shown.stdout, log.read_text(), bundle.read_bytes().decode("latin-1"), *files.values()]
    for form in (CANARY, json.dumps(CANARY)[1:-1], json.dumps(CANARY, ensure_ascii=False)[1:-1], "nary/of the"):
        assert [text for text in everything if form in text] == []


def test_a_cluster_whose_plugins_are_gone_can_be_diagnosed(
    serai: Callable[..., Any], document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only they know is said to be missing."""
    serai("up", document, code=1)
    with monkeypatch.context() as gone:
        gone.setenv("PYTHONPATH", os.devnull)
        bundle = tmp_path / "bundle.tar.gz"
        serai("diagnose", "demo", "-o", str(bundle))
    files = contents(bundle)
    assert "plugins: [PLUGIN_NOT_FOUND]" in files["README.txt"]
    assert "plan.json" not in files
    assert "******" in files["machines/demo-workers-2.json"]
