"""Claiming a host on the host itself."""

import json
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serai.builtin_plugins.infrastructure.ssh.claim_file import HELD, TAKE, Owner, document, owner_of


@pytest.fixture(params=["dash", "sh", "bash"])
def shell(request) -> str:
    return str(request.param)


def take(claim: Path, token: str, *directories: Path, shell: str = "dash") -> subprocess.CompletedProcess[str]:
    argv = [shell, "-c", TAKE, "sh", str(claim), token, *map(str, directories)]
    content = document("demo", "c1", token)
    return subprocess.run(argv, input=content, capture_output=True, text=True, timeout=60, check=False)


def test_a_free_host_is_claimed(tmp_path, shell):
    """Its claim file tells who has it; nothing else is left beside, and the directories are there."""
    claim, data = tmp_path / "a b.claim", tmp_path / "it's" / "data"
    assert take(claim, "token-1", data, shell=shell).returncode == 0
    owner = owner_of(claim.read_text())
    assert (owner.cluster, owner.cluster_id, owner.token) == ("demo", "c1", "token-1")
    assert data.is_dir()
    assert sorted(os.listdir(tmp_path)) == ["a b.claim", "it's"]


def test_everybody_can_read_it_and_nobody_tidies_it_away(tmp_path):
    """Other logins' engines must see it; the sticky bit keeps systemd-tmpfiles away."""
    take(tmp_path / "claim", "token-1")
    assert stat.S_IMODE((tmp_path / "claim").stat().st_mode) == 0o1644


def test_the_same_token_has_it_again(tmp_path, shell):
    """An attempt that was interrupted is made once more; the file stays as it was."""
    claim = tmp_path / "claim"
    take(claim, "token-1", shell=shell)
    before = claim.stat().st_ino
    assert take(claim, "token-1", tmp_path / "late", shell=shell).returncode == 0
    assert claim.stat().st_ino == before
    assert (tmp_path / "late").is_dir()


@pytest.mark.parametrize("token", ["token-2", "token-10", "token", "oken-1"])
def test_a_host_that_another_has_is_left_alone(tmp_path, shell, token):
    """Whoever comes second is told who has it, and makes nothing. A token is compared as a whole."""
    claim = tmp_path / "claim"
    take(claim, "token-1", shell=shell)
    ended = take(claim, token, tmp_path / "data", shell=shell)
    assert (ended.returncode, owner_of(ended.stdout).token) == (HELD, "token-1")
    assert os.listdir(tmp_path) == ["claim"]


def test_one_of_many_gets_it(tmp_path):
    """However many try at the same time."""
    with ThreadPoolExecutor(12) as threads:
        ended = list(threads.map(lambda number: take(tmp_path / "claim", f"token-{number}"), range(24)))
    winners = [f"token-{number}" for number, each in enumerate(ended) if each.returncode == 0]
    assert [owner_of((tmp_path / "claim").read_text()).token] == winners
    assert {owner_of(each.stdout).token for each in ended if each.returncode == HELD} == set(winners)
    assert os.listdir(tmp_path) == ["claim"]


@pytest.mark.parametrize("kind", ["link", "directory", "nonsense"])
def test_what_lies_in_its_place_counts_as_taken(tmp_path, kind):
    """A link that leads away is not followed, a directory not entered."""
    claim, elsewhere = tmp_path / "claim", tmp_path / "elsewhere"
    match kind:
        case "link":
            claim.symlink_to(elsewhere)
        case "directory":
            claim.mkdir()
        case _:
            claim.write_text("nonsense")
    ended = take(claim, "token-1")
    assert (ended.returncode, owner_of(ended.stdout)) == (HELD, Owner())
    assert os.listdir(tmp_path) == ["claim"]


def test_a_directory_that_cannot_be_made_is_an_error(tmp_path):
    """With what the system said."""
    (tmp_path / "file").touch()
    ended = take(tmp_path / "claim", "token-1", tmp_path / "file" / "data")
    assert ended.returncode == 1
    assert "Not a directory" in ended.stderr


def test_a_place_where_nothing_can_be_written_is_an_error(tmp_path):
    """And not a host that another has."""
    ended = take(tmp_path / "missing" / "claim", "token-1")
    assert ended.returncode == 1
    assert "missing" in ended.stderr


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        '{"cluster": 7}',
        '{"cluster": "a\\nb"}',
        json.dumps({"cluster": "x" * 300}),
        "[" * 100_000,
    ],
)
def test_a_claim_file_may_hold_anything(content):
    """What it does not tell, or tells in a way that could deceive who reads it, is not told."""
    assert owner_of(content) == Owner()
    assert "without telling whom" in str(Owner())


def test_the_owner_is_named_in_words():
    """For people who find their host taken."""
    owner = owner_of(document("demo", "c1", "token-1"))
    assert str(owner) == f"cluster demo of an engine on {os.uname().nodename} since {owner.since}"
