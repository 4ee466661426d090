"""Changing clusters from the command line: what is shown, what is asked, what is done."""

import os
import pty
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Serai = Callable[..., Any]
Document = Callable[..., str]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts a terminal in the place of standard input, and somebody who answers there."""
    keyboard, end = pty.openpty()
    with os.fdopen(end) as terminal:

        def answer(text: str) -> None:
            monkeypatch.setenv("TERM", "xterm")
            monkeypatch.setattr(sys, "stdin", terminal)
            os.write(keyboard, f"{text}\n".encode())

        yield answer
    os.close(keyboard)


def test_the_plan_says_what_changes_in_which_steps_and_what_is_lost(serai: Serai, document: Document) -> None:
    """And touches nothing."""
    serai("up", document(tents=2))
    shown = serai("apply", document(tents=2, Mood="yellow"), "--plan")
    assert shown.code == 0
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "general Mood guards, tents green (default) yellow (cluster) rolling" in lines
    assert "3 restart tent on demo-tents-2 1 of 2 tent" in lines
    assert "Nobody sleeps." in lines
    assert serai("health", "demo").code == 0


def test_a_change_is_made_when_somebody_agrees(
    serai: Serai, document: Document, answering: Callable[[str], None]
) -> None:
    """The plan goes before the question, the cluster comes after."""
    serai("up", document())
    answering("y")
    done = serai("apply", document(Mood="yellow"))
    assert (done.code, "Change demo? [y/N]" in done.err) == (0, True)
    assert done.out.index("restart tent on demo-tents-1") < done.out.index("demo is Active")
    assert "2/2 restart tent on demo-tents-1  done" in done.err
    assert serai("health", "demo").code == 6


def test_a_change_nobody_agrees_to_is_not_made(
    serai: Serai, document: Document, answering: Callable[[str], None]
) -> None:
    """No is what Return says, too."""
    serai("up", document())
    answering("")
    refused = serai("apply", document(Mood="yellow"))
    assert (refused.code, "nothing was touched" in refused.err) == (1, True)
    assert serai("health", "demo").code == 0


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_where_nobody_can_be_asked_it_must_be_said_before(serai: Serai, document: Document, more: list[str]) -> None:
    """A script that forgot it changes nothing."""
    serai("up", document())
    asked = serai("apply", document(Mood="yellow"), *more)
    assert asked.code == 2
    assert "--yes" in asked.out + asked.err
    assert serai("health", "demo").code == 0


def test_a_script_gets_the_plan_and_the_cluster(serai: Serai, document: Document) -> None:
    """In one document; likewise when there is nothing to do."""
    serai("up", document())
    done = serai("apply", document(tents=2, Mood="yellow"), "--yes", "--json").document
    assert (done["plan"]["kind"], done["plan"]["counts"][0]["new"]) == ("reshape", 2)
    assert done["cluster"]["status"] == "Active"
    again = serai("apply", document(tents=2, Mood="yellow"), "--yes", "--json")
    assert (again.code, again.document["plan"]["is_empty"]) == (0, True)
    assert again.document["cluster"]["cluster_configs"]["service:Camp"]["Password"] == "******"


def test_nothing_to_do_is_said(serai: Serai, document: Document) -> None:
    """And is no failure; nobody needs to be asked."""
    serai("up", document())
    said = serai("apply", document())
    assert (said.code, said.out) == (0, "demo is as the document says: nothing to do\n")


def test_what_cannot_be_done_has_its_exit_code(serai: Serai, document: Document) -> None:
    """No cluster, and something that cannot change."""
    absent = serai("apply", document(), "--yes")
    assert (absent.code, "serai up FILE" in absent.err) == (4, True)
    serai("up", document())
    immutable = serai("apply", document(Obstacle="/nowhere"), "--yes")
    assert (immutable.code, "IMMUTABLE_CONFIG" in immutable.err) == (3, True)


def test_a_change_that_fails_tells_how_far_it_came(serai: Serai, document: Document, monkeypatch: Any) -> None:
    """And how to go on, or back."""
    monkeypatch.setattr("serai.engine.lifecycle.reconfigure.RECOVERY_SECONDS", 0.0)
    serai("up", document(tents=2))
    failed = serai("apply", document(tents=2, Mood="red"), "--yes")
    assert failed.code == 1
    assert "failed: restart tent on demo-tents-2" in failed.err
    assert "serai retry demo" in failed.err
    assert "serai apply FILE" in failed.err
    assert serai("apply", document(tents=2), "--yes").code == 0
    assert serai("health", "demo").code == 0
