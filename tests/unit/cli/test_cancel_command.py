"""Stopping what is at work on a cluster, from another shell."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serai.engine.store.held import HeldStore
from serai.engine.store.records import OperationRecord
from serai.engine.store.store import Store

Serai = Callable[..., Any]
Document = Callable[..., str]


@pytest.fixture
def scaling(serai: Serai, document: Document, tmp_path: Path) -> Callable[..., HeldStore]:
    """Make a cluster, and begin a scaling of it as another process does."""

    def scaling(store: Store) -> HeldStore:
        assert serai("up", document()).code == 0
        record = OperationRecord("op-1", store.cluster("demo").id, "demo", "scale", owner="elsewhere:7:1:view:1")
        record.request = {"counts": {"tents": 2}}
        return HeldStore(store, store.begin_operation(record))

    return scaling


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(f"sqlite:///{tmp_path}/serai.db") as opened:
        yield opened


@pytest.mark.slow
def test_what_nobody_acts_for_is_ended_and_what_is_left_is_told(
    serai: Serai, scaling: Callable[..., HeldStore], store: Store
) -> None:
    """With how to go on; and that works."""
    scaling(store).let_go()
    stopped = serai("cancel", "demo")
    assert stopped.code == 0
    assert "scale demo was stopped before it began; left:\n  demo-guards-1 127." in stopped.out
    assert "go on: serai retry demo" in stopped.out
    assert serai("retry", "demo").code == 0
    assert serai("show", "demo", "--json").document["status"] == "Active"


def test_with_json_what_is_left_is_data(serai: Serai, scaling: Callable[..., HeldStore], store: Store) -> None:
    scaling(store).let_go()
    told = serai("cancel", "demo", "--json").document
    assert (told["operation"], told["kind"], told["cluster"]) == ("op-1", "scale", "demo")
    assert [machine.split()[0] for machine in told["left"]] == ["demo-guards-1", "demo-tents-1"]


@pytest.mark.slow
def test_what_another_process_runs_is_waited_for(serai: Serai, scaling: Callable[..., HeldStore], store: Store) -> None:
    """Here that one ends when it is asked, and leaves the end to whoever waits."""
    held = scaling(store)

    def notice_and_leave() -> None:
        while not store.asked_to_stop(["op-1"]):
            threading.Event().wait(0.05)
        held.let_go()

    process = threading.Thread(target=notice_and_leave)
    process.start()
    stopped = serai("cancel", "demo")
    process.join()
    assert (stopped.code, "asked scale demo to stop" in stopped.err) == (0, True)
    assert store.operation("op-1").status == "cancelled"


def test_where_there_is_nothing_to_stop_it_says_so(serai: Serai, document: Document) -> None:
    """With the exit codes of that."""
    assert serai("cancel", "demo").code == 4
    serai("up", document())
    refused = serai("cancel", "demo")
    assert refused.code == 5
    assert "nothing is at work on cluster demo  [NOTHING_TO_CANCEL]" in refused.err


def test_who_finds_a_cluster_busy_is_told_how_to_stop_that(
    serai: Serai, scaling: Callable[..., HeldStore], store: Store
) -> None:
    """By a command that there is."""
    scaling(store)
    busy = serai("scale", "demo", "tents=3")
    assert busy.code == 5
    assert "stop it: serai cancel demo" in busy.err
