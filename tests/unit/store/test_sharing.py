"""One store, many threads and many processes."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import pytest
from kept_clusters import add_cluster
from sqlalchemy import event

from serai.engine.store.store import Store
from serai.hookspec.errors import ClusterBusy


def test_of_many_threads_one_begins_an_operation(store, make_cluster, make_operation):
    """The others are told that the cluster is busy."""
    add_cluster(store, make_cluster())
    starting_line = threading.Barrier(8)

    def begin(number: int) -> bool:
        starting_line.wait(10)
        try:
            store.begin_operation(make_operation(f"op-{number}"))
        except ClusterBusy:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(begin, range(8)))
    assert won.count(True) == 1
    assert [record.id for record in store.operations()] == [f"op-{won.index(True)}"]


BEGIN_MANY = dedent(
    """
    import sys
    from serai.engine.store.records import OperationRecord
    from serai.engine.store.store import Store
    from serai.hookspec.errors import ClusterBusy

    me, url = sys.argv[1:]
    store = Store.open(url)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(50):
        name = f"cluster-{number}"
        try:
            store.begin_operation(OperationRecord(f"{me}-{number}", name, name, "scale", owner=me))
        except ClusterBusy:
            continue
        print(name, flush=True)
    """
)


@pytest.mark.slow
def test_of_two_processes_one_begins_each_operation(url, make_cluster):
    """Both try the same fifty clusters at once: each is won by exactly one of them."""
    names = {f"cluster-{number}" for number in range(50)}
    with Store.open(url) as store:
        for name in names:
            add_cluster(store, make_cluster(name, id=name))
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", BEGIN_MANY, me, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for me in ("one", "two")
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        won = [process.communicate(timeout=60)[0].split() for process in processes]
        assert sorted(won[0] + won[1]) == sorted(names)
        assert len(store.operations(unfinished=True)) == 50


OPEN = "import sys; from serai.engine.store.store import Store; print(len(Store.open(sys.argv[1]).clusters()))"


@pytest.mark.slow
def test_processes_that_open_a_new_store_at_once_make_it_once(url):
    """Each waits for the tables that another one is making."""
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    results = [process.communicate(timeout=60) for process in processes]
    assert [(process.returncode, *result) for process, result in zip(processes, results, strict=True)] == [
        (0, "0\n", "")
    ] * 3


def test_threads_that_open_a_new_store_at_once_make_it_once(url):
    """Alembic has one context in a process; that is nobody else's concern."""
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(lambda _: Store.open(url), range(4)))
    assert [store.clusters() for store in stores] == [[]] * 4
    for store in stores:
        store.close()


def test_threads_write_and_read_at_once(store, make_event):
    """No event is lost, none is refused, and each has a sequence of its own."""

    def emit(number: int) -> int:
        store.events(after=10**9)
        return store.add_event(make_event(operation=f"op-{number}")).sequence

    with ThreadPoolExecutor(16) as threads:
        sequences = list(threads.map(emit, range(64)))
    assert sorted(event.sequence for event in store.events()) == sorted(sequences)
    assert len(set(sequences)) == 64


def test_two_stores_in_memory_share_nothing(make_cluster):
    """Many engines live in one process."""
    with Store.open() as one, Store.open() as two:
        add_cluster(one, make_cluster())
        assert two.clusters() == []


def test_an_interrupt_in_the_middle_of_a_statement_loses_nothing(store, make_cluster):
    """Ctrl-C undoes the transaction it came into; all that was stored before is still there, in memory too."""
    add_cluster(store, make_cluster())

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def write() -> None:
        with store._database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM clusters")
            event.listen(store._database._engine, "do_execute", interrupt)
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(KeyboardInterrupt):
        write()
    event.remove(store._database._engine, "do_execute", interrupt)
    assert [cluster.name for cluster in store.clusters()] == ["demo"]
    add_cluster(store, make_cluster("other"))
