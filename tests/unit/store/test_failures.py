"""What goes wrong with a database is told as an error of Serai, with a code, a place and a hint."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from kept_clusters import add_cluster

from serai.engine.store.database import Database
from serai.engine.store.location import located
from serai.engine.store.store import Store
from serai.hookspec.errors import SeraiError


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_a_full_disk_is_told(url, make_cluster):
    """SQLite's own limit of pages stands for the disk; nothing of the cluster is stored."""
    with Store.open(url) as store:
        with store._database.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(SeraiError) as full:
            add_cluster(store, make_cluster(description="x" * 100_000))
        assert store.clusters() == []
    assert full.value.code == "STORE_FULL"
    assert str(path_of(url)) in full.value.place
    assert "space" in full.value.hint


def test_a_lock_held_by_another_process_is_told(url, make_cluster):
    """After the patience is over, and not for ever."""
    with Store.open(url, patience=0.1) as store, closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SeraiError) as locked:
            add_cluster(store, make_cluster())
        other.execute("ROLLBACK")
        add_cluster(store, make_cluster())
    assert locked.value.code == "STORE_LOCKED"


def test_a_lock_held_by_another_thread_is_told(url):
    """After the patience is over, and not for ever."""
    database = Database(located(url), patience=0.05)
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing():
            holds.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    holds.wait(10)
    with pytest.raises(SeraiError) as locked, database.writing():
        pass
    done.set()
    holder.join()
    database.close()
    assert locked.value.code == "STORE_LOCKED"


def test_readers_do_not_wait_for_a_writer(url, make_cluster):
    """While another process writes, what was committed before is read."""
    with Store.open(url, patience=0.1) as store, closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
        add_cluster(store, make_cluster())
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM clusters")
        assert [cluster.name for cluster in store.clusters()] == ["demo"]
        other.execute("ROLLBACK")


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path):
    """A mistyped name costs nothing."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(SeraiError) as refused:
        Store.open(f"sqlite:///{path}")
    assert refused.value.code == "STORE_ERROR"
    assert "not a database" in refused.value.message
    assert path.read_text().startswith("Dear Sir")


def test_a_damaged_database_is_told(url, make_cluster):
    """The error asks for a backup, not for patience."""
    with Store.open(url) as store:
        add_cluster(store, make_cluster())
    content = bytearray(path_of(url).read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path_of(url).write_bytes(content)
    with pytest.raises(SeraiError) as damaged, Store.open(url) as store:
        store.clusters()
    assert damaged.value.code == "STORE_ERROR"
    assert "damaged" in damaged.value.message


def test_a_directory_in_the_way_is_told(tmp_path):
    """The place is what the user has to look at."""
    (tmp_path / "serai.db").mkdir()
    with pytest.raises(SeraiError) as refused:
        Store.open(f"sqlite:///{tmp_path}/serai.db")
    assert (refused.value.code, refused.value.place) == ("STORE_ERROR", f"the store in {tmp_path}/serai.db")


def test_a_file_in_the_way_of_the_directory_is_told(tmp_path):
    """The directory cannot be made below a file."""
    (tmp_path / "state").write_text("")
    with pytest.raises(SeraiError) as refused:
        Store.open(f"sqlite:///{tmp_path}/state/serai.db")
    assert (refused.value.code, refused.value.place) == ("STORE_ERROR", f"{tmp_path}/state/serai.db")
    assert "name another place" in refused.value.hint


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_taken_away_from_under_a_store_is_told(tmp_path, url, make_cluster, replaced):
    """Its connections would go on with it, and all they store would be lost with the last of them."""
    with Store.open(url) as store:
        add_cluster(store, make_cluster())
        (tmp_path / "serai.db").rename(tmp_path / "elsewhere.db")
        if replaced:
            (tmp_path / "serai.db").touch()
        for use in (store.clusters, lambda: add_cluster(store, make_cluster("other"))):
            with pytest.raises(SeraiError, match="replaced" if replaced else "removed") as told:
                use()
            assert (told.value.code, told.value.place) == ("STORE_GONE", str(tmp_path / "serai.db"))
            assert told.value.hint
        assert (tmp_path / "serai.db").exists() == replaced
        (tmp_path / "elsewhere.db").rename(tmp_path / "serai.db")
        assert [cluster.name for cluster in store.clusters()] == ["demo"]


def test_a_database_that_may_only_be_read_is_told(url, make_cluster):
    """Reading goes on; writing says what to look at."""
    with Store.open(url) as store:
        with store._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(SeraiError) as refused:
            add_cluster(store, make_cluster())
        assert store.clusters() == []
    assert refused.value.code == "STORE_ERROR"
    assert "cannot be written" in refused.value.message


def test_a_closed_store_says_so(store):
    """Instead of opening connections again."""
    store.close()
    store.close()
    with pytest.raises(SeraiError) as closed:
        store.clusters()
    assert closed.value.code == "STORE_CLOSED"


def test_an_error_repeats_no_values(store, make_operation, make_cluster, end):
    """Neither its text nor its cause's shows what was to be stored."""
    end(store, store.begin_operation(make_operation(), make_cluster()))
    with pytest.raises(SeraiError) as refused:
        store.begin_operation(make_operation(request={"password": "hunter2"}))
    assert refused.value.code == "STORE_ERROR"
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
