"""What the acceptance tests share: an engine with directories of its own, and proof that nothing is left."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serai.engine import Engine

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for machines and the store that nothing else uses; the artifact cache is shared."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "machines"))
    monkeypatch.setenv("SERAI_STORE", f"sqlite:///{tmp_path}/serai.db")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


@pytest.fixture
def store_url(state: Path) -> str:
    """A store on disk."""
    return os.environ["SERAI_STORE"]


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """An engine on that store; its clusters are taken down in the end, whatever the test did."""
    with Engine.open(store_url) as opened:
        yield opened
        for cluster in opened.clusters.list():
            opened.clusters.delete(cluster.name, force=True).result(120)


@pytest.fixture
def serai(state: Path) -> Iterator[Callable[..., Any]]:
    """Run the installed command to its end; with ``--json`` its document is in ``document``."""

    def run(*arguments: str, code: int = 0, timeout: float = 240) -> Any:
        done: Any = subprocess.run(["serai", *arguments], capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == code, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        done.document = json.loads(done.stdout) if "--json" in arguments else None
        return done

    yield run
    for cluster in run("ls", "--json").document:
        run("down", cluster["name"], "--force")


@pytest.fixture
def left(state: Path) -> Callable[[], list[str]]:
    """Tells what is left of machines: processes that carry a mark of this test's, and files."""

    def look() -> list[str]:
        root = os.environ["SERAI_LOCAL_ROOT"].encode()
        processes = []
        for directory in Path("/proc").iterdir():
            if directory.name.isdecimal():
                try:
                    found = root in (directory / "environ").read_bytes() + (directory / "cmdline").read_bytes()
                except OSError:
                    continue
                if found and int(directory.name) not in (os.getpid(), os.getppid()):
                    command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    processes.append(f"process {directory.name} {command}")
        files = [str(path) for path in Path(root.decode()).glob("*/*")]
        return sorted(processes) + sorted(files)

    return look
