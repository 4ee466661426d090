import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.remote.own_sshd import SSHD, OwnSshd

from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.pool import Pool, connect
from serai.hookspec.remote import LocalEndpoint, Remote

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]


@pytest.fixture(scope="session")
def own_sshd() -> Iterator[OwnSshd]:
    """An sshd on this machine, which is its own and everybody's: leave it as it is."""
    if SSHD is None:
        pytest.skip("there is no sshd here (openssh-server)")
    sshd = OwnSshd()
    try:
        sshd.start()
        yield sshd
    finally:
        sshd.remove()


@pytest.fixture(scope="session")
def connections(own_sshd: OwnSshd) -> Iterator[Pool]:
    """Connections to it that tests share."""
    with Pool() as pool:
        yield pool


@pytest.fixture(params=["local", "ssh"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    """A connection to an instance on this machine, directly and by ssh; its services end with the test."""
    prefix = str(tmp_path / "prefix")
    if request.param == "local":
        yield from _used(connect(LocalEndpoint("worker-1", prefix)))
    else:
        endpoint = request.getfixturevalue("own_sshd").endpoint(prefix=prefix)
        yield from _used(request.getfixturevalue("connections").get(endpoint))


@pytest.fixture(params=SHELLS)
def shelled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    """The same, on a host whose sh is each of the shells to be had here."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to(shutil.which(request.param) or "")
    env = {"PATH": f"{programs}:{os.environ['PATH']}"}
    yield from _used(connect(LocalEndpoint("worker-1", str(tmp_path / "prefix"), env)))


def _used(remote: RemoteMachine) -> Iterator[Remote]:
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
