import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.pool import connect
from serai.hookspec.remote import LocalEndpoint

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[RemoteMachine]:
    """A connection to an instance on this machine; its services end with the test."""
    yield from _connected(tmp_path, {})


@pytest.fixture(params=SHELLS)
def shelled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RemoteMachine]:
    """The same, on a host whose sh is each of the shells to be had here."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to(shutil.which(request.param) or "")
    yield from _connected(tmp_path, {"PATH": f"{programs}:{os.environ['PATH']}"})


def _connected(tmp_path: Path, env: dict[str, str]) -> Iterator[RemoteMachine]:
    remote = connect(LocalEndpoint("worker-1", str(tmp_path / "prefix"), env))
    yield remote
    if Path(remote.layout.prefix).exists():
        remote.services.remove([*remote.services.status()])
    remote.close()


@pytest.fixture
def address() -> str:
    """A loopback address that no other test uses."""
    return "127." + ".".join(str(random.randint(2, 250)) for _ in range(3))


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Tells whether a process exists and has not ended."""

    def tell(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return tell


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; for root."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)
