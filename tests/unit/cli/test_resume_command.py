"""Going on with what was interrupted, on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serai.engine.store.held import HeldStore
from serai.engine.store.records import OperationRecord
from serai.engine.store.store import Store

Serai = Callable[..., Any]


@pytest.fixture
def interrupted(serai: Serai, document: Callable[..., str], tmp_path: Path) -> Callable[..., None]:
    """Make a cluster, and leave a scaling of it as an engine does that is killed."""

    def interrupt(name: str = "demo", group: str = "tents", *, let_go: bool = True) -> None:
        assert serai("up", document(name)).code == 0
        with Store.open(f"sqlite:///{tmp_path}/serai.db") as store:
            record = OperationRecord(f"op-{name}", store.cluster(name).id, name, "scale", owner="elsewhere:7:1:view:1")
            record.request = {"counts": {group: 2}}
            held = HeldStore(store, store.begin_operation(record))
            if let_go:
                held.let_go()

    return interrupt


def test_what_was_interrupted_is_brought_to_its_end(serai: Serai, interrupted: Callable[..., None]) -> None:
    """And what was done is told."""
    interrupted()
    resumed = serai("resume", "demo")
    assert (resumed.code, resumed.out.strip()) == (0, "scale demo is done")
    assert "taken up where another engine stopped" in resumed.err
    assert serai("show", "demo", "--json").document["status"] == "Active"


def test_all_that_was_interrupted_goes_on_without_a_name(serai: Serai, interrupted: Callable[..., None]) -> None:
    """As one document for scripts; one that fails keeps none of the others from their end."""
    interrupted("broken", "nobody")
    interrupted("whole")
    failed = serai("resume", "--json")
    assert failed.code != 0
    assert failed.document["error"]["details"]["operation"] == "scale op-broken"
    assert [group["count"] for group in serai("show", "whole", "--json").document["node_groups"]] == [1, 2]
    assert serai("resume", "--json").document == {"resumed": []}


def test_nothing_to_go_on_with_is_no_failure(
    serai: Serai, document: Callable[..., str], interrupted: Callable[..., None]
) -> None:
    """Unless there is no such cluster, or somebody is at work on it."""
    serai("up", document("idle"))
    assert serai("resume").out.strip() == "nothing was interrupted"
    assert serai("resume", "idle").code == 0
    assert serai("resume", "unknown").code == 4
    interrupted("busy", let_go=False)
    busy = serai("resume", "busy")
    assert busy.code == 5
    assert "process 7 on elsewhere" in busy.err


def test_a_cluster_shows_that_an_operation_was_interrupted(serai: Serai, interrupted: Callable[..., None]) -> None:
    """And how to go on."""
    interrupted()
    assert "serai resume demo" in serai("show", "demo").out
    assert serai("show", "demo", "--json").document["interrupted"] is True
    serai("resume")
    assert "serai resume" not in serai("show", "demo").out
    assert serai("show", "demo", "--json").document["interrupted"] is False


def test_scaling_what_was_interrupted_tells_how_to_go_on(serai: Serai, interrupted: Callable[..., None]) -> None:
    """With the exit code of what is not possible now."""
    interrupted()
    refused = serai("scale", "demo", "tents=3")
    assert refused.code == 5
    assert "serai resume demo" in refused.err
