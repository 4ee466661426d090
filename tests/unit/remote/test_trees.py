import os
from pathlib import Path

import pytest

from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.transport import Outcome
from serai.engine.remote.trees import unreadable
from serai.hookspec.errors import CommandFailed


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
