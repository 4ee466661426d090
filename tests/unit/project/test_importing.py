"""Importing is free: no effects, little time, and no more than is needed."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = ("sqlalchemy", "alembic", "cryptography", "plumbum", "cattrs", "yaml", "rich", "click", "urllib.request")

PROBE = dedent(
    """
    import json, os, signal, sys, threading, time

    def state():
        handlers = [repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())]
        return [threading.active_count(), dict(os.environ), os.getcwd(), handlers, sorted(os.listdir("/proc/self/fd"))]

    before, modules = state(), set(sys.modules)
    began, cpu = time.perf_counter(), time.process_time()
    exec(sys.argv[1])
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    json.dump({
        "changed": [[old, new] for old, new in zip(before, state()) if old != new],
        "seconds": seconds,
        "cpu": cpu,
        "modules": sorted(set(sys.modules) - modules),
    }, sys.stdout)
    """
)


def probe(statement: str, directory: Path) -> dict[str, Any]:
    """What a statement does in an interpreter of its own, whose home and working directory are empty."""
    environment = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PROBE, statement]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=directory, env=environment)
    assert done.stderr == ""
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


STATEMENTS = [
    "import serai.engine",
    "from serai.engine import Catalog, ClusterSpec, Engine, JobSpec, plugin",
    "import serai.hookspec.objects",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_importing_has_no_effects(statement, tmp_path):
    """No thread, no file, no open descriptor, no signal handler; environment and directory stay as they are."""
    assert probe(statement, tmp_path)["changed"] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("statement", STATEMENTS)
def test_importing_brings_nothing_heavy(statement, tmp_path):
    """Databases, terminals, YAML and connections are imported when they are used."""
    modules = probe(statement, tmp_path)["modules"]
    assert [name for name in HEAVY if name in modules] == []


@pytest.mark.parametrize(("statement", "clock"), [(STATEMENTS[0], "seconds"), (STATEMENTS[1], "cpu")])
@pytest.mark.slow
def test_importing_takes_less_than_three_tenths_of_a_second(statement, clock, tmp_path):
    """The least of five; in seconds of work where other tests may hold the processors."""
    assert min(probe(statement, tmp_path)[clock] for _ in range(5)) < 0.3


def modules_of_the_contract() -> list[Path]:
    return sorted(path for path in (ROOT / "hookspec").rglob("*.py") if "testing" not in path.parts)


def imported_by(path: Path) -> set[str]:
    """Top-level names of what a module imports, also inside its functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "" if node.level == 0 else "relative")
    return {".".join(name.split(".")[:2]) if name.startswith("serai.") else name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", modules_of_the_contract(), ids=lambda path: path.stem)
def test_the_contract_imports_attrs_pluggy_and_the_standard_library_alone(path):
    """A plugin that depends on the contract depends on nothing else."""
    assert imported_by(path) - sys.stdlib_module_names <= {"attrs", "pluggy", "serai.hookspec"}


def test_the_contract_brings_nothing_else_with_it(tmp_path):
    """Nor does what it imports."""
    names = [".".join(("serai", *path.relative_to(ROOT).with_suffix("").parts)) for path in modules_of_the_contract()]
    statement = "; ".join(f"import {name.removesuffix('.__init__')}" for name in names)
    tops = {name.split(".")[0] for name in probe(statement, tmp_path)["modules"]}
    assert {name for name in tops if name not in sys.stdlib_module_names} <= {"attr", "attrs", "pluggy", "serai"}
