"""What the fault tests share: stores of each kind, and engines in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from own_postgresql import Server, require, running
from small_disk import fill, small_disk

from faults.surviving import life, nursery, pytest_terminal_summary, survived

__all__ = ["fill", "life", "nursery", "pytest_terminal_summary", "small_disk", "survived"]

PROGRAM = Path(__file__).with_name("gated.py")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    require()
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store with nothing in it, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/serai.db"
    server: Server = request.getfixturevalue("server")
    return server.new_database()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where gates and marks are; machines are beside it."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "machines"))
    made = tmp_path / "marks"
    made.mkdir()
    return made


class EngineProcess:
    """An engine in a process of its own, to be stopped, woken and killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid: int = self.answer()["ready"]

    def answer(self) -> Any:
        """The next thing it tells."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the engine process ended"
        return json.loads(line)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        """Kill it, if it is there still."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=30)


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[..., EngineProcess]]:
    """Start an engine process on a store: it creates the clusters that are named."""
    started: list[EngineProcess] = []

    def start(url: str, *clusters: str, lease: float = 3, stubborn: bool = False) -> EngineProcess:
        environment = {**os.environ, **({"SERAI_STUBBORN": "1"} if stubborn else {})}
        command = [sys.executable, str(PROGRAM), url, str(directory), str(lease), *clusters]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        started.append(EngineProcess(process))
        return started[-1]

    yield start
    for process in started:
        process.end()


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait until something is so."""

    def until(probe: Callable[[], Any], timeout: float = 60) -> Any:
        deadline = time.monotonic() + timeout
        while not (answer := probe()):
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.05)
        return answer

    return until
