import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.transport import Outcome
from serai.engine.remote.trees import Demand, Tree, unreadable, upload
from serai.hookspec.errors import CommandFailed, ConnectionLost


def tree(root: Path) -> Path:
    (root / "sub dir").mkdir(parents=True)
    (root / "sub dir" / "program").write_text("#!/bin/sh\n")
    (root / "sub dir" / "program").chmod(0o755)
    (root / "link").symlink_to("sub dir/program")
    (root / "empty").mkdir()
    return root


def test_a_file_is_uploaded_once(remote: RemoteMachine, tmp_path: Path) -> None:
    """With its mode; True only when something changed."""
    source, path = tmp_path / "source", f"{remote.layout.dist}/a b/file"
    source.write_bytes(os.urandom(3 << 20))
    source.chmod(0o750)
    assert [remote.upload(source, path), remote.upload(source, path)] == [True, False]
    assert Path(path).read_bytes() == source.read_bytes()
    assert Path(path).stat().st_mode & 0o7777 == 0o750


def test_a_changed_mode_is_a_change(remote: RemoteMachine, tmp_path: Path) -> None:
    """A program that lost its bit is uploaded again."""
    source, path = tmp_path / "source", f"{remote.layout.dist}/file"
    source.write_text("x")
    remote.upload(source, path)
    source.chmod(0o700)
    assert remote.upload(source, path)


def test_a_directory_is_uploaded_once(shelled: RemoteMachine, tmp_path: Path) -> None:
    """With modes, links and empty directories; True only when something changed."""
    source, path = tree(tmp_path / "source"), f"{shelled.layout.dist}/tree"
    assert [shelled.upload(source, path), shelled.upload(source, path)] == [True, False]
    assert (Path(path) / "link").readlink() == Path("sub dir/program")
    assert os.access(Path(path) / "sub dir" / "program", os.X_OK)
    assert sorted(entry.name for entry in Path(path).iterdir()) == ["empty", "link", "sub dir"]


def test_a_changed_directory_replaces_the_old_one(shelled: RemoteMachine, tmp_path: Path) -> None:
    """What is no longer in the source is no longer on the machine, and nothing is left beside it."""
    source, path = tree(tmp_path / "source"), f"{shelled.layout.dist}/tree"
    shelled.upload(source, path)
    (source / "link").unlink()
    (source / "sub dir" / "program").write_text("#!/bin/dash\n")
    assert shelled.upload(source, path)
    assert sorted(entry.name for entry in Path(path).iterdir()) == ["empty", "sub dir"]
    assert [entry.name for entry in Path(shelled.layout.dist).iterdir()] == ["tree"]


def test_a_large_difference_of_one_byte_is_noticed(remote: RemoteMachine, tmp_path: Path) -> None:
    """Content counts, not size or time."""
    source, path = tree(tmp_path / "source"), f"{remote.layout.dist}/tree"
    remote.upload(source, path)
    program = source / "sub dir" / "program"
    times = program.stat()
    program.write_text("#!/bin/zh\n")
    os.utime(program, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert remote.upload(source, path)


def test_a_file_is_downloaded(remote: RemoteMachine, tmp_path: Path) -> None:
    """All of it, in place of what was there."""
    data = os.urandom(3 << 20)
    remote.put({f"{remote.layout.data}/result": data})
    (tmp_path / "here").write_text("old")
    remote.download(f"{remote.layout.data}/result", tmp_path / "here")
    assert (tmp_path / "here").read_bytes() == data


def test_a_failed_download_leaves_what_was_there(remote: RemoteMachine, tmp_path: Path) -> None:
    """And nothing beside it."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "here").write_text("old")
    with pytest.raises(CommandFailed, match="/no/such: no such file"):
        remote.download("/no/such", tmp_path / "kept" / "here")
    assert [entry.read_text() for entry in (tmp_path / "kept").iterdir()] == ["old"]


def test_a_directory_that_cannot_be_read_is_one_short_error() -> None:
    """However many of its files are at fault."""
    outcome = Outcome(1, b"", b"stat: ./a: gone\n" * 5000, 0.1)
    assert str(unreadable(Path("/d"), outcome)).endswith(
        "/d cannot be read: stat: ./a: gone (and 4999 more of its kind)"
    )


def demand(data: bytes) -> Demand:
    """Runs a script here with something else for its input than what was sent."""

    def run(
        *argv: str,
        title: str,
        timeout: float,
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> Outcome:
        assert not isinstance(stdin, bytes | None)
        stdin.read()
        done = subprocess.run(argv, input=data, capture_output=True, timeout=timeout)
        if done.returncode:
            raise CommandFailed(done.stderr.decode(), host="here", details={"status": done.returncode})
        return Outcome(done.returncode, done.stdout, done.stderr, 0.0)

    return run


def packed(source: Path) -> bytes:
    """What is sent of a directory."""
    sent: list[bytes] = []

    def take(*argv: str, title: str, timeout: float, stdin: IO[bytes], stdout: IO[bytes] | None = None) -> Outcome:
        sent.append(stdin.read())
        return Outcome(0, b"", b"", 0.0)

    upload(take, source, "/nowhere", timeout=10)  # type: ignore[arg-type]
    return sent[0]


def broken_off(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_its_end(data: bytes) -> bytes:
    """What tar alone takes for the whole."""
    return data.rstrip(b"\0")[: -(len(data.rstrip(b"\0")) % 512) or None]


def with_a_wrong_byte(data: bytes) -> bytes:
    return data.replace(b"#!/bin/sh", b"#!/bin/ch")


@pytest.mark.parametrize("damage", [broken_off, without_its_end, with_a_wrong_byte, lambda data: b""])
def test_what_arrives_damaged_changes_nothing(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """The old directory stays as it was, with nothing beside it."""
    source, place = tree(tmp_path / "source"), tmp_path / "host" / "tree"
    (place / "old").mkdir(parents=True)
    with pytest.raises(CommandFailed):
        upload(demand(damage(packed(source))), source, str(place), timeout=10)
    assert [entry.name for entry in place.parent.iterdir()] == ["tree"]
    assert [entry.name for entry in place.iterdir()] == ["old"]


@pytest.mark.parametrize("data", [b"", b"#!/bin/s", b"#!/bin/sh\n\n", b"#!/bin/ch\n"])
def test_a_file_that_arrives_damaged_changes_nothing(tmp_path: Path, data: bytes) -> None:
    """However little is wrong with it."""
    source, place = tree(tmp_path / "source") / "sub dir" / "program", tmp_path / "host" / "program"
    place.parent.mkdir()
    place.write_text("old")
    with pytest.raises(CommandFailed, match="what arrived differs from what was sent"):
        upload(demand(data), source, str(place), timeout=10)
    assert [(entry.name, entry.read_text()) for entry in place.parent.iterdir()] == [("program", "old")]


def test_times_and_hard_links_arrive(remote: RemoteMachine, tmp_path: Path) -> None:
    """Compiled Python is of no use beside sources of another time."""
    source, path = tree(tmp_path / "source"), Path(remote.layout.dist, "tree")
    os.utime(source / "sub dir" / "program", (1_000_000_000, 1_000_000_000))
    os.link(source / "sub dir" / "program", source / "same")
    remote.upload(source, str(path))
    assert (path / "same").samefile(path / "sub dir" / "program")
    assert (path / "same").stat().st_mtime == 1_000_000_000
    assert not remote.upload(source, str(path))


def test_a_directory_takes_the_place_of_a_file(remote: RemoteMachine, tmp_path: Path) -> None:
    """Whatever was there gives way."""
    source, path = tree(tmp_path / "source"), f"{remote.layout.dist}/tree"
    remote.put({path: "a file"})
    assert remote.upload(source, path)
    assert [entry.name for entry in Path(remote.layout.dist).iterdir()] == ["tree"]


def test_a_directory_is_read_once_for_many(tmp_path: Path) -> None:
    """Its digest is kept, until one that was wrong is shown."""
    source = Tree(tree(tmp_path / "source"))
    before = source.digest(timeout=10)
    (source.path / "sub dir" / "program").write_text("#!/bin/dash\n")
    assert source.digest(timeout=10) == before
    after = source.digest(timeout=10, wrong=before)
    assert after != before
    (source.path / "sub dir" / "program").write_text("#!/bin/bash\n")
    assert source.digest(timeout=10, wrong=before) == after


def test_a_directory_that_changed_meanwhile_is_found_out(remote: RemoteMachine, tmp_path: Path) -> None:
    """A machine gets what was summed up; so it is summed up anew."""
    source, path = Tree(tree(tmp_path / "source")), Path(remote.layout.dist, "tree")
    source.digest(timeout=10)
    (source.path / "sub dir" / "program").write_text("#!/bin/dash\n")
    assert remote.upload(source, str(path))
    assert (path / "sub dir" / "program").read_text() == "#!/bin/dash\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["tree"]


def test_a_directory_whose_connection_broke_is_sent_anew(tmp_path: Path) -> None:
    """Once, and from its beginning: nothing is continued."""
    source, place = tree(tmp_path / "source"), tmp_path / "host" / "tree"
    tries: list[int] = []

    def run(*argv: str, title: str, timeout: float, stdin: IO[bytes], stdout: IO[bytes] | None = None) -> Outcome:
        tries.append(1)
        if len(tries) == 1:
            stdin.read(1000)
            raise ConnectionLost("cut", host="here")
        return demand(stdin.read())(*argv, title=title, timeout=timeout, stdin=stdin)

    assert upload(run, source, str(place), timeout=10)  # type: ignore[arg-type]
    assert sorted(entry.name for entry in place.iterdir()) == ["empty", "link", "sub dir"]
    assert len(tries) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a file system")
@pytest.mark.parametrize("name", ["file", "tree"])
def test_a_full_disk_leaves_nothing(shelled: RemoteMachine, small: Path, tmp_path: Path, name: str) -> None:
    """The error says what is the matter, not what came of it."""
    (tmp_path / "tree").mkdir()
    for path in (tmp_path / "file", tmp_path / "tree" / "file"):
        path.write_bytes(os.urandom(1 << 20))
    with pytest.raises(CommandFailed, match=r"(disk, or a quota, is full|No space left on device)$"):
        shelled.upload(tmp_path / name, f"{small}/there")
    assert list(small.iterdir()) == []
