"""A plugin's author: a package, its tests, its wheel beside Serai's, a real cluster; every step as it is documented."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from snippets import play

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "plugin-package"
IGNORED = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info")
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")

Command = Callable[..., str]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels of Serai and of the example, made from copies: making one leaves files where it is made."""
    here = tmp_path_factory.mktemp("wheels")
    made = {}
    for name, source in (("serai", ROOT), ("serai_pantry", EXAMPLE)):
        copy = here / name
        shutil.copytree(source, copy, symlinks=True, ignore=IGNORED)
        run(sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(here), str(copy))
        [made[name]] = here.glob(f"{name}-*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with nothing but Serai, its test kit, and what these need: the directory of its programs."""
    directory = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", str(directory))
    run(str(directory / "bin" / "python"), *PIP, "install", f"{wheels['serai']}[test-kit]")
    return directory / "bin"


@pytest.fixture
def command(environment: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Run a program of the new environment; clusters are taken down in the end, whatever the test did."""
    monkeypatch.setenv("PATH", f"{environment}:{os.environ['PATH']}")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(state)
    yield run
    for cluster in json.loads(run("serai", "ls", "--json")):
        run("serai", "down", cluster["name"], "--force")


def run(*argv: str, cwd: Path | None = None) -> str:
    """What a program said; it must have succeeded."""
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def ask(url: str, data: bytes | None = None) -> bytes:
    """Ask an HTTP server; PUT where there are data."""
    request = urllib.request.Request(url, data=data, method="PUT" if data else "GET")  # noqa: S310 - a cluster of ours
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return bytes(answer.read())


@pytest.mark.slow
def test_the_example_works_beside_serai(
    command: Command, wheels: dict[str, Path], environment: Path, state: Path, left: Callable[[], list[str]]
) -> None:
    """Both are installed from wheels; what is stored in a cluster survives that it grows and shrinks."""
    command("python", *PIP, "install", "--no-deps", "--force-reinstall", str(wheels["serai_pantry"]))
    shutil.copytree(EXAMPLE / "tests", state / "tests", ignore=IGNORED)
    assert "failed" not in command("pytest", "-q", "tests", cwd=state)
    report = json.loads(command("serai", "plugin", "check", "pantry", "--json"))
    assert report["clean"]

    command("serai", "up", str(EXAMPLE / "cluster.yaml"))
    cluster: dict[str, Any] = json.loads(command("serai", "show", "pantry-demo", "--json"))
    url = cluster["info"]["Pantry"]["Keeper"]
    things = {f"thing-{number}": f"{number} spoons".encode() for number in range(20)}
    for name, thing in things.items():
        ask(url + name, thing)
    for count in (3, 1, 2):
        command("serai", "scale", "pantry-demo", f"shelves={count}")
        assert {name: ask(url + name) for name in things} == things
    command("serai", "health", "pantry-demo")
    command("serai", "down", "pantry-demo")
    assert left() == []


@pytest.mark.slow
def test_a_new_author_gets_to_a_cluster_as_it_is_told(
    command: Command, state: Path, left: Callable[[], list[str]]
) -> None:
    """From an empty directory: what `serai plugin new` says is next, in that order, and nothing else."""
    told = json.loads(command("serai", "plugin", "new", "jam-jar", "--json"))
    package = state / told["directory"]
    assert told["next"][0] == f"cd {told['directory']}"
    for line in told["next"][1:]:
        run("sh", "-c", line, cwd=package)
    assert json.loads(run("serai", "plugins", "jam-jar", "--json"))["distribution"] == "serai-jam-jar 0.1.0"
    assert "nothing is wrong" in run("serai", "plugin", "check", "jam-jar")
    run("serai", "down", "jam-jar-demo")
    assert left() == []


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(command: Command, state: Path, left: Callable[[], list[str]]) -> None:
    """Every snippet of it, in order, from an empty directory."""
    page = (ROOT / "docs" / "tutorial" / "first-plugin.md").read_text(encoding="utf-8")
    work = state / "work"
    work.mkdir()
    assert play(page, work, os.environ) > 10
    assert left() == []
