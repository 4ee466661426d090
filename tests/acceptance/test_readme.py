"""What the README promises, run as it stands there: the embedding, and the third-party plugin."""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
EMBEDDING, PLUGIN = BLOCKS

CLASH = """
from serai.hookspec import hookimpl
from serai.hookspec.objects import Config

class Clash:
    @hookimpl
    def extends(self):
        return True

    @hookimpl
    def get_configs(self):
        return [Config("Beacon port", applicable_target="service:Beacon")]

BEACON = Clash()
"""


def package(folder: Path, name: str, source: str) -> Path:
    """A package of one auxiliary plugin, as its author would write it."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").touch()
    (folder / name / "beacon.py").write_text(source)
    (folder / "pyproject.toml").write_text('[build-system]\nrequires = ["setuptools"]\n')
    (folder / "setup.cfg").write_text(
        f"[metadata]\nname = {name}\nversion = 1.0\n[options]\npackages = {name}\n"
        f"[options.entry_points]\nserai.auxiliary =\n    {name.removeprefix('my_')} = {name}.beacon:BEACON\n"
    )
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two packages from outside: the README's, and one that clashes with it."""
    here = tmp_path_factory.mktemp("third-party")
    folders = [package(here / "one", "my_beacon", PLUGIN), package(here / "two", "my_lighthouse", CLASH)]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(here / "site"), *map(str, folders)], check=True)
    return here / "site"


@pytest.fixture
def third_party(site, monkeypatch):
    """Install them beside Serai."""
    monkeypatch.setenv("PYTHONPATH", str(site))


def serai(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(["serai", *arguments], capture_output=True, text=True, timeout=180)


def test_the_embedding_runs_as_written(state, left):
    """Ten lines make a cluster, run a job, and take the cluster down."""
    (state / "docs").symlink_to(ROOT / "docs")
    done = subprocess.run([sys.executable, "-c", EMBEDDING], cwd=state, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert "SUCCEEDED 285" in done.stdout
    assert left() == []


def test_a_third_party_plugin_is_found_and_merges(state, third_party):
    """Config, process and image tag stand beside Spark's own."""
    done = serai("plugins", "spark", "4.3.0", "--with", "beacon", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert "Beacon port" in [config["name"] for config in shown["configs"]]
    assert shown["node_processes"]["Beacon"] == ["beacon"]
    assert "beacon" in shown["image_tags"]
    assert "worker" in shown["node_processes"]["Spark"]


def test_a_clashing_plugin_is_refused_with_both_names(state, third_party):
    """Neither wins in silence."""
    done = serai("plugins", "spark", "4.3.0", "--with", "beacon,lighthouse")
    assert done.returncode != 0
    message = done.stdout + done.stderr
    assert "'beacon' (my_beacon 1.0)" in message.replace("my-beacon", "my_beacon")
    assert "'lighthouse' (my_lighthouse 1.0)" in message.replace("my-lighthouse", "my_lighthouse")
    assert "PLUGIN_CONFLICT" in message


def test_a_third_party_plugin_works_on_a_real_cluster(state, third_party, left):
    """Its process runs, on the port that was configured for it, and the plan knew."""
    document = {
        "name": "lit",
        "plugin_name": "dask",
        "hadoop_version": "2026.8.0",
        "auxiliary_plugins": ["beacon"],
        "cluster_configs": {"service:Beacon": {"Beacon port": 18099}},
        "node_groups": [
            {"name": "scheduler", "count": 1, "node_processes": ["scheduler", "beacon"]},
            {"name": "workers", "count": 1, "node_processes": ["worker"]},
        ],
    }
    path = state / "lit.json"
    path.write_text(json.dumps(document))
    planned = json.loads(serai("plan", str(path), "--json").stdout)
    assert 18099 in planned["node_groups"][0]["open_ports"]
    made = serai("up", str(path))
    assert made.returncode == 0, made.stderr
    shown = json.loads(serai("show", "lit", "--json").stdout)
    shown = shown.get("cluster", shown)
    address = shown["node_groups"][0]["instances"][0]["internal_ip"]
    with urllib.request.urlopen(f"http://{address}:18099/", timeout=10) as answer:
        assert answer.status == 200
    assert serai("down", "lit").returncode == 0
    assert left() == []
