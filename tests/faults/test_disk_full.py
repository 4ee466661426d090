"""The disk below an SQLite store fills up."""

import sqlite3
from contextlib import closing

import pytest

from faults.gated import opened, spec
from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError


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
