"""The disk below an SQLite store fills up: a file system of a few megabytes, made for the test."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from faults.gated import opened, spec
from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "serai-test", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def fill(small_disk: Path) -> Iterator[Callable[[], None]]:
    """Leave no room on it; calling it again with ``free`` makes room."""
    ballast = small_disk / "ballast"

    def fill(*, free: bool = False) -> None:
        if free:
            ballast.unlink()
            return
        with ballast.open("wb", buffering=0) as file:
            size = 65536
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    return fill


def test_a_full_disk_stops_an_operation_with_a_clear_error_and_it_goes_on_when_there_is_room(
    small_disk, fill, directory, until
):
    """Nothing is half-written: what was on record before is what is on record then."""
    url = f"sqlite:///{small_disk}/serai.db"
    with opened(url, directory, resume="manual", lease=2) as engine:
        operation = engine.clusters.create(spec("demo", 3))
        until(lambda: list(directory.glob("entered-*")))
        before = (engine.clusters.get("demo"), [*engine.clusters.operations("demo")])
        fill()
        (directory / "gate").touch()
        with pytest.raises(SeraiError) as full:
            operation.result(60)
        assert full.value.code == "STORE_FULL"
        assert "free some disk space" in full.value.hint
        assert "serai resume demo" in full.value.hint
        assert (engine.clusters.get("demo"), [*engine.clusters.operations("demo")]) == before
        with pytest.raises(SeraiError) as full:
            engine.clusters.create(spec("other"))
        assert full.value.code == "STORE_FULL"
        assert [cluster.name for cluster in engine.clusters.list()] == ["demo"]
        fill(free=True)
        (resumed,) = until(lambda: engine.resume("demo"))
        assert resumed.result(60).status is ClusterStatus.ACTIVE
        engine.clusters.create(spec("other")).result(60)
    with closing(sqlite3.connect(small_disk / "serai.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_an_engine_that_resumes_by_itself_does_so_when_there_is_room(small_disk, fill, directory, until):
    """Nobody has to ask for it."""
    with opened(f"sqlite:///{small_disk}/serai.db", directory, lease=2) as engine:
        operation = engine.clusters.create(spec("demo"))
        until(lambda: list(directory.glob("entered-*")))
        fill()
        (directory / "gate").touch()
        with pytest.raises(SeraiError):
            operation.result(60)
        fill(free=True)
        until(lambda: engine.clusters.get("demo").status is ClusterStatus.ACTIVE)


def test_a_store_that_cannot_be_made_for_lack_of_room_is_told_and_made_later(small_disk, fill):
    """The half of it that could be written is no obstacle."""
    fill()
    url = f"sqlite:///{small_disk}/serai.db"
    with pytest.raises(SeraiError) as full:
        Store.open(url)
    assert full.value.code == "STORE_FULL"
    fill(free=True)
    with Store.open(url) as store:
        assert store.clusters() == []
