import stat
from pathlib import Path

import pytest

from serai.engine.remote.machine import RemoteMachine
from serai.hookspec.errors import CommandFailed
from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_put_writes_files_and_tells_which_changed(shelled: RemoteMachine) -> None:
    """All of them at first, none the second time, then only what differs."""
    a, b = f"{shelled.layout.conf}/a", f"{shelled.layout.conf}/deep er/b"
    assert shelled.put({a: "one", b: b"\x00two\xff"}) == {a, b}
    assert (Path(a).read_text(), Path(b).read_bytes()) == ("one", b"\x00two\xff")
    assert shelled.put({a: "one", b: b"\x00two\xff"}) == frozenset()
    assert shelled.put({a: "one", b: "three"}) == {b}


def test_put_takes_names_that_are_not_utf8(remote: RemoteMachine) -> None:
    """As Python writes them."""
    path = f"{remote.layout.conf}/\udcff\n"
    assert remote.put({path: "x"}) == {path}
    assert (remote.get(path), remote.put({path: "x"})) == (b"x", frozenset())


def test_put_keeps_to_the_mode_asked_for(remote: RemoteMachine) -> None:
    """0644, a Secret 0600, a File its own; another mode is a change."""
    plain, secret, program = (f"{remote.layout.conf}/{name}" for name in ("plain", "secret", "program"))
    remote.put({plain: "x", secret: Secret("hush"), program: File("#!/bin/sh\n", mode=0o755)})
    assert [mode(path) for path in (plain, secret, program)] == [0o644, 0o600, 0o755]
    assert Path(secret).read_text() == "hush"
    assert remote.put({plain: File("x", mode=0o640)}) == {plain}
    assert mode(plain) == 0o640


def test_put_replaces_a_file_at_once(remote: RemoteMachine) -> None:
    """Who has the old file open goes on reading the old content."""
    path = f"{remote.layout.conf}/a"
    remote.put({path: "old"})
    with open(path) as reader:
        remote.put({path: "new"})
        assert (reader.read(), Path(path).read_text()) == ("old", "new")


def test_put_crosses_file_systems(remote: RemoteMachine) -> None:
    """A file far from the prefix is written beside its place first."""
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        path = f"{directory}/a"
        assert remote.put({path: "one"}) == {path}
        assert [entry.name for entry in Path(directory).iterdir()] == ["a"]


def test_put_writes_what_comes_before_a_failure(shelled: RemoteMachine) -> None:
    """In the mapping's order; the error names the path."""
    before, bad, after = (f"{shelled.layout.conf}/{name}" for name in ("before", "bad", "after"))
    Path(bad).mkdir(parents=True)
    with pytest.raises(CommandFailed, match=f"put: status 1: {bad}: is a directory"):
        shelled.put({before: "1", bad: "2", after: "3"})
    assert (Path(before).exists(), Path(after).exists()) == (True, False)


def test_put_leaves_nothing_beside_the_files(remote: RemoteMachine) -> None:
    """No temporary file, no stage, whether it succeeds or fails."""
    Path(f"{remote.layout.conf}/bad").mkdir(parents=True)
    with pytest.raises(CommandFailed):
        remote.put({f"{remote.layout.conf}/good": "1", f"{remote.layout.conf}/bad": "2"})
    names = {entry.name for entry in Path(remote.layout.prefix).rglob("*")}
    assert names == {"conf", "data", "dist", "log", "run", "good", "bad"}


def test_put_of_nothing_does_nothing(remote: RemoteMachine) -> None:
    """Not even a round trip."""
    assert remote.put({}) == frozenset()
    assert not Path(remote.layout.prefix).exists()


@pytest.mark.parametrize("path", ["relative", "", "/a/", "/a\0b"])
def test_put_refuses_what_is_no_path_of_a_file(remote: RemoteMachine, path: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ValueError, match="absolute path"):
        remote.put({path: "x"})


def test_get_gives_the_bytes(remote: RemoteMachine) -> None:
    """Whatever they are."""
    path = f"{remote.layout.data}/a"
    remote.put({path: bytes(range(256))})
    assert remote.get(path) == bytes(range(256))


def test_get_of_a_missing_file_is_a_failure(remote: RemoteMachine) -> None:
    """It names the path."""
    with pytest.raises(CommandFailed, match="get /no/such/file: status 1: cat: /no/such/file: No such file"):
        remote.get("/no/such/file")


def test_remove_takes_trees_and_forgives_what_is_missing(remote: RemoteMachine) -> None:
    """Files, directories with all they hold, and what is not there."""
    file, tree = f"{remote.layout.data}/file", f"{remote.layout.data}/tree"
    remote.put({file: "1", f"{tree}/a/b": "2"})
    remote.remove([file, tree, f"{remote.layout.data}/missing"])
    assert list(Path(remote.layout.data).iterdir()) == []


@pytest.mark.parametrize(
    "path", ["{prefix}", "{prefix}/", "{prefix}/conf/../..", "{prefix}-other/a", "/etc/passwd", ""]
)
def test_remove_stays_below_the_prefix(remote: RemoteMachine, path: str) -> None:
    """Whatever way out is tried, and never the prefix itself."""
    with pytest.raises(ValueError, match="not below"):
        remote.remove([path.format(prefix=remote.layout.prefix)])
