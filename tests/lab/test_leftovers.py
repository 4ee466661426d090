"""A lab leaves nothing behind, whatever became of its owner."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import cgroups, site
from lab.asking import ending
from lab.fixtures import need_lab
from lab.host import Host
from lab.network import Lab
from lab.waiting import until

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
OWNER = """
import sys, time
from lab.network import Lab

with Lab.up(hosts=2) as lab:
    if sys.argv[1] == "frozen":
        lab.hosts[0].enclosure.cgroup.freeze()
    print(lab.token, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _able() -> None:
    need_lab()


def traces(token: str) -> list[str]:
    """What is to be seen on this machine of a lab."""
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if token in line]
    links = [link.name for link in Path("/sys/class/net").iterdir() if token in link.name]
    groups = [str(path) for tree in cgroups.mounted() for path in tree.root.glob(f"*{token}*")]
    files = [str(path) for path in site.ROOT.glob(f"*{token}*")]
    return [*mounts, *links, *groups, *files, *processes(token)]


def processes(token: str) -> list[str]:
    """The commands of processes that name a lab."""
    done = subprocess.run(["ps", "axww", "-o", "args="], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if token in line]


def namespace(pid: int) -> str:
    """The network namespace of a process; ``""`` when it has ended."""
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:
        return ""


def namespaces() -> set[str]:
    """Every network namespace that a process of this machine is in."""
    return {namespace(int(path.name)) for path in Path("/proc").glob("[0-9]*")}


@contextmanager
def owned_by_another(state: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process with a lab of its own, and the lab's token."""
    argv = [sys.executable, "-c", OWNER, state]
    with subprocess.Popen(argv, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        try:
            yield owner, owner.stdout.readline().strip()
        finally:
            owner.kill()


def test_nothing_is_left_of_a_lab_that_was_taken_down() -> None:
    with Lab.up(hosts=3) as lab:
        assert traces(lab.token) != []
        own = {namespace(enclosure.pid) for enclosure in [lab.switch, *(host.enclosure for host in lab.hosts)]}
        assert len(own) == 4
        inside = [pid for host in lab.hosts for pid in host.pids()]
        assert len(inside) >= 9
    assert traces(lab.token) == []
    assert [pid for pid in inside if Path(f"/proc/{pid}").exists()] == []
    until(lambda: not own & namespaces(), "the namespaces to be gone")


def fail_with_frozen(host: Host) -> None:
    """What a test may do that is not even sorry."""
    host.enclosure.cgroup.freeze()
    raise ZeroDivisionError


def test_nothing_is_left_when_a_test_fails_in_a_lab() -> None:
    with pytest.raises(ZeroDivisionError), Lab.up(hosts=1) as lab:
        fail_with_frozen(lab.hosts[0])
    assert traces(lab.token) == []


def test_nothing_is_left_of_a_lab_that_could_not_be_brought_up() -> None:
    with pytest.raises(RuntimeError, match="mount") as failure, Lab.up(hosts=2, disk="nonsense"):
        pass
    place = re.search(rf"{site.ROOT}/(\w+)", str(failure.value))
    assert place is not None
    assert traces(place[1]) == []


def test_hosts_end_with_their_owner() -> None:
    with owned_by_another("well") as (owner, token):
        assert processes(token) != []
        owner.kill()
        owner.wait()
        until(lambda: processes(token) == [], "the hosts to end")


@pytest.mark.parametrize("state", ["well", "frozen"])
def test_what_a_killed_owner_left_is_swept(state: str) -> None:
    with owned_by_another(state) as (owner, token):
        assert token not in site.sweep()
        owner.kill()
        owner.wait()
        site.sweep()  # unless another lab that begins was quicker
        assert traces(token) == []


def test_the_next_lab_sweeps() -> None:
    with owned_by_another("frozen") as (owner, token):
        owner.kill()
        owner.wait()
        with Lab.up(hosts=1):
            assert traces(token) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_takes_its_lab_down(tmp_path: Path, number: int) -> None:
    inventory = tmp_path / "hosts.yaml"
    argv = [sys.executable, "-m", "lab", "up", "--hosts", "1", "--inventory", str(inventory)]
    with ending(subprocess.Popen(argv, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)) as command:
        assert command.stdout is not None
        assert command.stdout.readline().startswith("h1")
        token = inventory.read_text().partition(f"{site.ROOT}/")[2][:6]
        command.send_signal(number)
        assert command.wait(10) == 0
    assert traces(token) == []
    assert not inventory.exists()
