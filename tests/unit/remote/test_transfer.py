import grp
import os
import pwd
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


def owner(path: str) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_uid, status.st_gid


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@as_root
def test_put_gives_a_file_to_its_owner(shelled: RemoteMachine) -> None:
    """By name or number, with a group or without; the special bits of its mode survive that."""
    user, both, number, special = (f"{shelled.layout.conf}/{name}" for name in ("user", "both", "number", "special"))
    files = {
        user: File("x", owner="nobody"),
        both: File("x", owner="daemon:tty"),
        number: File("x", owner="12345:54321"),
        special: File("x", owner="12345:54321", mode=0o6755),
    }
    assert shelled.put(files) == set(files)
    nobody, daemon, tty = pwd.getpwnam("nobody"), pwd.getpwnam("daemon"), grp.getgrnam("tty")
    assert [owner(path) for path in files] == [
        (nobody.pw_uid, 0),
        (daemon.pw_uid, tty.gr_gid),
        (12345, 54321),
        (12345, 54321),
    ]
    assert (mode(special), mode(number)) == (0o6755, 0o644)
    assert shelled.put(files) == frozenset()


@as_root
def test_another_owner_is_a_change(remote: RemoteMachine) -> None:
    """Also when the file shall be the login's own again."""
    path = f"{remote.layout.conf}/a"
    remote.put({path: "x"})
    assert remote.put({path: File("x", owner="daemon")}) == {path}
    assert remote.put({path: File("x", owner="daemon:tty")}) == {path}
    assert remote.put({path: File("x", owner="daemon")}) == frozenset()
    assert remote.put({path: "x"}) == {path}
    assert owner(path) == (0, 0)


@pytest.mark.parametrize("name", ["no-such-user", "root:no-such-group"])
def test_put_writes_nothing_for_an_owner_who_does_not_exist(shelled: RemoteMachine, name: str) -> None:
    """The error names who is missing."""
    before, bad = f"{shelled.layout.conf}/before", f"{shelled.layout.conf}/bad"
    with pytest.raises(CommandFailed, match=r"no-such-(user|group).*no such"):
        shelled.put({before: "x", bad: File("x", owner=name)})
    assert list(Path(shelled.layout.conf).iterdir()) == []


@pytest.mark.parametrize("name", [":group", "user:", "a:b:c", "a\0b", "a/b"])
def test_put_refuses_what_is_no_owner(remote: RemoteMachine, name: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ValueError, match="not an owner"):
        remote.put({f"{remote.layout.conf}/a": File("x", owner=name)})


@pytest.mark.slow
def test_put_looks_at_files_one_by_one(remote: RemoteMachine) -> None:
    """Of very many in several directories those that differ, in content, mode or existence, are told and written."""
    paths = [f"{remote.layout.conf}/{number % 7}/{number}" for number in range(1300)]
    files = dict.fromkeys(sorted(paths), "x" * 100)
    assert remote.put(files) == set(paths)
    content, removed, program = paths[0], paths[700], paths[1299]
    Path(content).write_text("y" * 100)
    Path(removed).unlink()
    Path(program).chmod(0o755)
    assert remote.put(files) == {content, removed, program}
    assert remote.put(files) == frozenset()


def test_put_needs_no_right_to_write_where_nothing_changes(remote: RemoteMachine) -> None:
    """Only directories of files that differ are touched."""
    settled, changed = f"{remote.layout.conf}/settled/a", f"{remote.layout.conf}/changed/a"
    remote.put({settled: "x"})
    before = Path(settled).parent.stat().st_ctime_ns
    assert remote.put({settled: "x", changed: "x"}) == {changed}
    assert Path(settled).parent.stat().st_ctime_ns == before


def test_a_directory_that_cannot_be_written_is_named(shelled: RemoteMachine) -> None:
    """Nothing is written anywhere then, and where the files waited is not told."""
    good = f"{shelled.layout.conf}/good"
    with pytest.raises(CommandFailed, match=r"put: status 1: /proc/: Cannot mkdir: [A-Z].*\w$"):
        shelled.put({good: "x", "/proc/bad": "x"})
    assert list(Path(shelled.layout.conf).iterdir()) == []


@as_root
def test_a_full_disk_leaves_what_was_there(shelled: RemoteMachine, small: Path) -> None:
    """The error says so; nothing is half-written, nothing is left over, on no file system."""
    first, second, far = f"{small}/first", f"{small}/second", f"{shelled.layout.conf}/far"
    shelled.put({first: "old"})
    with pytest.raises(
        CommandFailed, match=r"put: status 1: .*/small/second: .*(disk, or a quota, is full|No space left on device)$"
    ):
        shelled.put({far: "new", first: "new", second: "x" * 100_000})
    assert [(entry.name, entry.read_text()) for entry in small.iterdir()] == [("first", "old")]
    assert list(Path(shelled.layout.conf).iterdir()) == []
