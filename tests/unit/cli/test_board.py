"""What is known of an operation from its events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from serai.engine.cli.board import Board, Mark, Phase
from serai.hookspec.listening import Event, EventKind

BEGAN = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def told(*events: tuple[EventKind, dict[str, Any]]) -> tuple[Board, list[Phase | None]]:
    """A board that took events, one a second, and what each of them ended."""
    board = Board()
    ended = [
        board.take(Event(kind, "demo", "1", BEGAN + timedelta(seconds=second), **fields))
        for second, (kind, fields) in enumerate(events)
    ]
    return board, ended


PHASE = (EventKind.PHASE_STARTED, {"phase": "start", "message": "Starting"})
STEP = (EventKind.STEP_STARTED, {"phase": "start", "step": "go"})


def test_phases_are_titled_by_the_status_they_bring() -> None:
    """Which is what users know."""
    board, _ = told((EventKind.OPERATION_STARTED, {"message": "create demo"}), PHASE)
    assert board.title == "create demo"
    assert board.current is not None
    assert board.current.title == "Starting"


def test_a_finished_phase_is_handed_out_once_with_its_time() -> None:
    """To be printed for good."""
    board, ended = told(PHASE, (EventKind.PHASE_FINISHED, {"phase": "start"}))
    assert ended == [None, board.phases[0]]
    assert (board.phases[0].mark, board.phases[0].seconds) == (Mark.DONE, 1.0)
    assert board.current is None


def test_hosts_are_gathered_in_their_step() -> None:
    """Those that are done, and those that failed with the reason."""
    board, _ = told(
        PHASE,
        STEP,
        (EventKind.HOST_FINISHED, {"step": "go", "host": "a"}),
        (EventKind.HOST_FAILED, {"step": "go", "host": "b", "message": "[X] bad\nmore"}),
        (EventKind.STEP_FAILED, {"step": "go", "message": "[HOSTS_FAILED] go failed", "data": {"seconds": 3.5}}),
    )
    (step,) = board.phases[0].steps
    assert (step.hosts_ok, step.hosts_failed) == (["a"], {"b": "[X] bad"})
    assert (step.mark, step.seconds, step.note) == (Mark.FAILED, 3.5, "[HOSTS_FAILED] go failed")


def test_a_step_that_comes_again_is_a_step_of_its_own() -> None:
    """The first one keeps how it ended."""
    board, _ = told(PHASE, STEP, (EventKind.STEP_FINISHED, {"step": "go"}), STEP)
    assert [step.mark for step in board.phases[0].steps] == [Mark.DONE, Mark.RUNNING]


def test_progress_makes_a_step_that_ends_with_its_phase() -> None:
    """Fetching tells of itself without a beginning or an end."""
    fetching = (EventKind.STEP_PROGRESS, {"step": "fetch", "message": "from PyPI"})
    board, _ = told(PHASE, fetching, (EventKind.PHASE_FINISHED, {"phase": "start"}))
    (step,) = board.phases[0].steps
    assert (step.title, step.note, step.mark, step.seconds) == ("fetch", "from PyPI", Mark.DONE, 1.0)


@pytest.mark.parametrize("kind", [EventKind.OPERATION_FAILED, EventKind.OPERATION_CANCELLED])
def test_the_end_of_an_operation_ends_what_runs(kind: EventKind) -> None:
    """As failed."""
    board, ended = told(PHASE, STEP, (kind, {"phase": "start", "message": "no"}))
    assert ended[-1] is board.phases[0]
    assert (board.phases[0].mark, board.phases[0].steps[0].mark) == (Mark.FAILED, Mark.FAILED)


def test_an_operation_may_fail_before_its_first_phase() -> None:
    """Then nothing ends with it."""
    _, ended = told((EventKind.OPERATION_FAILED, {"message": "no"}))
    assert ended == [None]
