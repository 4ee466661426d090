import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.remote.own_sshd import OwnSshd, as_root

import serai.engine
import serai.hookspec
from serai.engine.remote.pool import Pool
from serai.hookspec.errors import DeadlineExceeded, RootRefused
from serai.hookspec.remote import Remote

pytestmark = pytest.mark.skipif(not as_root(), reason="only root can make logins")
needs_sudo = pytest.mark.skipif(shutil.which("sudo") is None, reason="there is no sudo here")


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Connections of the test's own."""
    with Pool() as pool:
        yield pool


def login(own_sshd: OwnSshd, pool: Pool, name: str) -> Remote:
    """A connection whose plugins declared root commands."""
    prefix = str(own_sshd.directory / f"home-{name}" / "prefix")
    return pool.get(own_sshd.endpoint(login=name, prefix=prefix), root=True)


@needs_sudo
def test_root_is_had_by_sudo(own_sshd: OwnSshd, pool: Pool) -> None:
    """With directory, environment, input and status as without."""
    remote = login(own_sshd, pool, "trusted")
    done = remote.script(
        'id -u; pwd; echo "$GREETING"; cat; exit 3', root=True, env={"GREETING": "hello"}, stdin="x", check=False
    )
    assert (done.stdout, done.status) == (f"0\n{remote.layout.prefix}\nhello\nx", 3)
    assert remote.run("id", "-u").stdout != "0\n"


@needs_sudo
def test_the_layout_belongs_to_the_login(own_sshd: OwnSshd, pool: Pool) -> None:
    """Also when its first command is one of root's."""
    remote = login(own_sshd, pool, "trusted")
    remote.run("true", root=True)
    remote.run("touch", f"{remote.layout.conf}/a")


@pytest.mark.slow
@needs_sudo
def test_what_runs_as_root_ends_at_its_limit(own_sshd: OwnSshd, pool: Pool, alive: Callable[[int], bool]) -> None:
    """Though the login may not end it."""
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="killed") as caught:
        login(own_sshd, pool, "trusted").script("sleep 30 & echo $! $$; wait", root=True, timeout=1)
    assert time.monotonic() - began < 5
    assert [alive(int(pid)) for pid in caught.value.details["stdout"][0].split()] == [False, False]


@needs_sudo
def test_a_sudo_that_wants_a_password_is_a_refusal(own_sshd: OwnSshd, pool: Pool) -> None:
    """Nothing was run."""
    with pytest.raises(RootRefused, match=r"worker-1: root is refused: .*password is required") as caught:
        login(own_sshd, pool, "someone").run("true", root=True)
    assert caught.value.code == "ROOT_REFUSED"
    assert "NOPASSWD" in caught.value.hint


def test_a_missing_sudo_is_a_refusal(own_sshd: OwnSshd, pool: Pool) -> None:
    """It says what to install."""
    remote = pool.get(own_sshd.endpoint(login="bare"), root=True)
    with pytest.raises(RootRefused, match=r"worker-1: root is refused: .*not found") as caught:
        remote.run("true", root=True)
    assert "install sudo" in caught.value.hint


def test_root_needs_no_sudo(own_sshd: OwnSshd, pool: Pool) -> None:
    """Where the login is root already."""
    assert pool.get(own_sshd.endpoint(), root=True).run("id", "-u", root=True).stdout == "0\n"


@pytest.mark.slow
@needs_sudo
def test_this_machines_root_is_had_by_sudo_too(own_sshd: OwnSshd, pool: Pool, alive: Callable[[int], bool]) -> None:
    """By an engine that is not root: asked over ssh, since only there are logins to try it with."""
    packages = own_sshd.directory / "lib" / "serai"
    packages.mkdir(parents=True)
    for package in (serai.engine, serai.hookspec):
        (packages / package.__name__.rpartition(".")[2]).symlink_to(Path(package.__file__ or "").parent)
    places = [str(packages.parent), *(place for place in sys.path if place.endswith("site-packages"))]
    env = {"PYTHONPATH": os.pathsep.join(places)}
    engine = """
from serai.engine.remote.pool import connect
from serai.hookspec.errors import SeraiError
from serai.hookspec.remote import LocalEndpoint
remote = connect(LocalEndpoint("here", ""), root=True)
try:
    print(remote.script('id -u; echo "$GREETING"', env={"GREETING": "hello"}, root=True).stdout.split())
    remote.script("sleep 30 & echo $! $$; wait", root=True, timeout=1)
except SeraiError as error:
    print(error.code, *error.details.get("stdout", []))
"""
    python = next((path for path in (sys.executable, "/usr/bin/python3") if _runs(path, own_sshd, pool, env)), None)
    if python is None:
        pytest.skip("other logins cannot run this Python")
    outputs = [
        pool.get(own_sshd.endpoint(login=name)).run(python, "-c", engine, env=env).stdout.splitlines()
        for name in ("trusted", "someone")
    ]
    assert outputs[0][0] == "['0', 'hello']"
    code, *pids = outputs[0][1].split()
    assert (code, [alive(int(pid)) for pid in pids]) == ("TIMEOUT", [False, False])
    assert outputs[1] == ["ROOT_REFUSED"]


def _runs(python: str, own_sshd: OwnSshd, pool: Pool, env: dict[str, str]) -> bool:
    trial = pool.get(own_sshd.endpoint(login="someone"))
    return trial.run(python, "-c", "import serai.engine.remote.local", env=env, check=False).status == 0
