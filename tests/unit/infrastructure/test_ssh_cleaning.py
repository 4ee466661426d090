"""Leaving a host as it was."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from serai.builtin_plugins.infrastructure.ssh.claim_file import document
from serai.builtin_plugins.infrastructure.ssh.cleaning import CLEAN
from serai.builtin_plugins.infrastructure.ssh.holding import MARK


@pytest.fixture
def token(tmp_path) -> str:
    """One that no other test has: processes of the whole machine are looked through."""
    return f"{tmp_path.parent.name}-{tmp_path.name}-{os.getpid()}"


def clean(tmp_path: Path, token: str, *directories: Path, shell: str = "dash") -> subprocess.CompletedProcess[str]:
    argv = [shell, "-c", CLEAN, "sh", str(tmp_path / "claim"), token, f"{MARK}={token}", *map(str, directories)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def child_of(pid: int) -> int:
    """The first child of a process, once there is one."""
    while not (children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        time.sleep(0.01)
    return int(children[0])


def start_time(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


@pytest.mark.parametrize("shell", ["dash", "sh", "bash"])
def test_files_and_claim_go(tmp_path, token, shell):
    """And the directory above, which was made for clusters."""
    prefix, volume = tmp_path / "serai" / "demo", tmp_path / "disk one" / "serai" / "demo"
    for directory in (prefix / "data" / "a", volume):
        directory.mkdir(parents=True)
        (directory / "file").touch()
    (tmp_path / "claim").write_text(document("demo", "c1", token))
    ended = clean(tmp_path, token, prefix, volume, shell=shell)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert os.listdir(tmp_path) == ["disk one"]
    assert os.listdir(tmp_path / "disk one") == []


def test_other_clusters_files_stay(tmp_path, token):
    """Beside its own, and in directories of other names."""
    for name in ("serai/demo", "serai/other", "data/demo"):
        (tmp_path / name).mkdir(parents=True)
    clean(tmp_path, token, tmp_path / "serai" / "demo", tmp_path / "data" / "demo")
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["data", "serai", "serai/other"]


def test_cleaning_twice_is_no_error(tmp_path, token):
    """Nor is a host where nothing is."""
    for _ in range(2):
        assert clean(tmp_path, token, tmp_path / "serai" / "demo").returncode == 0


def test_what_was_made_unwritable_goes_too(tmp_path, token):
    """Software may take away its own rights."""
    inner = tmp_path / "demo" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "c").touch()
    inner.chmod(0)
    inner.parent.chmod(0o500)
    assert clean(tmp_path, token, tmp_path / "demo").returncode == 0
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
def test_marked_processes_end(tmp_path, token, start):
    """With what they started; those that ignore TERM and those that were halted as well."""
    plain = start("sleep", "60", **{MARK: token})
    stubborn = start("sh", "-c", "trap '' TERM; while :; do sleep 1; done", **{MARK: token})
    halted = start("sleep", "60", **{MARK: token})
    os.kill(halted, 19)
    parent = start("sh", "-c", "env -i sleep 60 & wait", **{MARK: token})
    child = child_of(parent)
    assert clean(tmp_path, token).returncode == 0
    assert [alive(pid) for pid in (plain, stubborn, halted, parent, child)] == [False] * 5


@pytest.mark.parametrize("other", ["{}0", "x{}", ""])
def test_processes_of_others_go_on(tmp_path, token, start, other):
    """Of tokens that are alike, too."""
    pid = start("sleep", "60", **{MARK: other.format(token)})
    unmarked = start("sh", "-c", f": {MARK}={token}; sleep 60", OTHER=f"{MARK}={token}")
    clean(tmp_path, token)
    assert alive(pid)
    assert alive(unmarked)


def test_recorded_services_end_without_their_mark(tmp_path, token, start):
    """By pid and start time, where the record is of this boot."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    service, reused, former = (start("sleep", "60") for _ in range(3))
    records = {
        "service": f"boot={boot}\npid={service}\nstart={start_time(service)}\n",
        "reused": f"boot={boot}\npid={reused}\nstart=1\n",
        "former": f"boot=another\npid={former}\nstart={start_time(former)}\n",
        "broken": "pid\n",
    }
    for name, content in records.items():
        (tmp_path / "demo" / "run" / "services" / name).mkdir(parents=True)
        (tmp_path / "demo" / "run" / "services" / name / "record").write_text(content)
    assert clean(tmp_path, token, tmp_path / "demo").returncode == 0
    assert [alive(pid) for pid in (service, reused, former)] == [False, True, True]


def test_the_script_spares_what_it_runs_in(tmp_path, token):
    """An engine on a machine of a cluster could not clean that machine otherwise."""
    argv = ["dash", "-c", CLEAN, "sh", str(tmp_path / "claim"), token, f"{MARK}={token}"]
    ended = subprocess.run(argv, env={**os.environ, MARK: token}, timeout=60, capture_output=True, check=False)
    assert ended.returncode == 0


def test_a_host_that_another_has_keeps_its_files(tmp_path, token, start):
    """The directories may be that one's by now; what carries the mark ends all the same."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "claim").write_text(document("demo", "c2", f"{token}0"))
    pid = start("sleep", "60", **{MARK: token})
    assert clean(tmp_path, token, tmp_path / "demo").returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["claim", "demo"]
    assert not alive(pid)


def test_what_cannot_be_removed_is_told_and_the_claim_stays(tmp_path, token):
    """The host is not free before it is clean."""
    busy = tmp_path / "demo" / "busy"
    busy.mkdir(parents=True)
    (tmp_path / "claim").write_text(document("demo", "c1", token))
    argv = ["dash", "-c", CLEAN, "sh", str(tmp_path / "claim"), token, f"{MARK}={token}", str(tmp_path / "demo")]
    mounted = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(busy), *argv]
    ended = subprocess.run(mounted, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip("mounting needs root")
    assert ended.returncode == 1
    assert "busy" in ended.stderr
    assert (tmp_path / "claim").exists()
