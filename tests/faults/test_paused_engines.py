"""Engines that are paused, killed and woken: real processes, on a file and on a server."""

import signal
import time
from collections.abc import Callable

import pytest
from kept_clusters import cluster_documents

from faults.gated import opened
from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError


def everything(store: Store):
    """All that is on record of the cluster."""
    (record,) = store.operations("demo")
    return (cluster_documents(store), record, store.journal_of(record.id), store.events())


def paused(process, store: Store, until: Callable[..., object]) -> None:
    """Stop a process, but not in the middle of a write: SQLite lets nobody else write for as long as that lasts."""

    def stopped_outside_a_write() -> bool:
        process.send(signal.SIGSTOP)
        try:
            store.renew_leases([])
        except SeraiError:
            process.send(signal.SIGCONT)
            return False
        return True

    until(stopped_outside_a_write)


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_paused_engine_whose_operation_was_taken_touches_nothing_when_it_wakes(
    url, start, directory, until, stubborn
):
    """Neither record, nor cluster, nor machine; a hook that never asks whether it should go on included."""
    with Store.open(url, patience=1) as store:
        first = start(url, "demo", stubborn=stubborn)
        until((directory / f"entered-demo-{first.pid}").exists)
        paused(first, store, until)
        second = start(url)
        until((directory / f"entered-demo-{second.pid}").exists)
        (directory / "gate").touch()
        until(lambda: not store.operations(unfinished=True))
        assert store.cluster("demo").status is ClusterStatus.ACTIVE
        assert store.cluster("demo").info["Gated"] == {"started by": str(second.pid)}
        before = everything(store)
        first.send(signal.SIGCONT)
        assert first.answer() == {"cluster": "demo", "code": "LEASE_LOST"}
        assert everything(store) == before
        assert not list(directory.glob(f"touched-*-{first.pid}"))
        assert list(directory.glob(f"touched-*-{second.pid}"))
        tokens = [line.token for line in before[2]]
        assert tokens == sorted(tokens)
        assert before[1].attempt == 2


def test_a_paused_engine_whose_operation_nobody_took_goes_on(url, start, directory, until):
    """Its lease had run out, and no harm was done."""
    with Store.open(url, patience=1) as store:
        engine = start(url, "demo", lease=1)
        until((directory / f"entered-demo-{engine.pid}").exists)
        paused(engine, store, until)
        until(store.free_operations)
        (directory / "gate").touch()
        engine.send(signal.SIGCONT)
        assert engine.answer() == {"cluster": "demo", "code": ""}
        assert store.operations("demo")[0].attempt == 1


def test_what_a_killed_engine_left_is_gone_on_with_at_once(url, start, directory, until):
    """By another one on this machine: it sees that the process is not there, and does not wait for the lease."""
    with Store.open(url) as store:
        first = start(url, "demo", lease=600)
        until((directory / f"entered-demo-{first.pid}").exists)
        first.end()
        (directory / "gate").touch()
        began = time.monotonic()
        with opened(url, directory, resume="manual") as engine:
            (operation,) = engine.resume()
            assert operation.result(60).status is ClusterStatus.ACTIVE
        assert time.monotonic() - began < 60
        (record,) = store.operations("demo")
        assert (record.status, record.attempt) == ("succeeded", 2)
        done = [line.phase for line in store.journal_of(record.id) if line.outcome == "succeeded"]
        assert done == ["validate", "update infrastructure", "spawn", "wait", "prepare", "configure", "start"]
