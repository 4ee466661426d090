"""Ctrl-C."""

import signal
from collections.abc import Callable
from typing import Any

Serai = Callable[..., Any]
Document = Callable[..., str]


def test_ctrl_c_cancels_the_operation_and_tells_what_is_left(serai: Serai, document: Document) -> None:
    """The cluster stays, for retry and down to go on with."""
    interrupted = serai("up", document(Obstacle="interrupt"))
    assert interrupted.code == 130
    assert "cancelling create demo" in interrupted.err
    assert "[CANCELLED]" in interrupted.err
    assert "demo is Error, with 2 machines" in interrupted.err
    assert "demo-guards-1 127." in interrupted.err
    assert "serai retry demo" in interrupted.err
    assert "Traceback" not in interrupted.err
    assert serai("down", "demo").code == 0


def test_ctrl_c_means_what_it_did_before_when_the_operation_has_ended(serai: Serai, document: Document) -> None:
    """The handler is the operation's alone."""
    before = signal.getsignal(signal.SIGINT)
    serai("up", document(Obstacle="interrupt"), "--json")
    assert signal.getsignal(signal.SIGINT) is before


def test_with_json_an_interruption_is_an_error_document(serai: Serai, document: Document) -> None:
    """With what is left as data."""
    interrupted = serai("up", document(Obstacle="interrupt"), "--json")
    assert interrupted.code == 130
    error = interrupted.document["error"]
    assert error["code"] == "CANCELLED"
    assert [machine.split()[0] for machine in error["details"]["machines"]] == ["demo-guards-1", "demo-tents-1"]
