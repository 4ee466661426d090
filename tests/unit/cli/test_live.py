"""Progress on a terminal."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from serai.engine.cli.board import Mark, Phase, Step
from serai.engine.cli.live import LiveProgress, phase_lines
from serai.hookspec.listening import Event, EventKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def event(kind: EventKind, **fields: Any) -> Event:
    return Event(kind, "demo", "1", datetime.now(UTC), **fields)


@pytest.fixture
def terminal() -> Console:
    """A terminal of 80 columns and 8 lines that keeps what was written to it."""
    return Console(file=io.StringIO(), force_terminal=True, width=80, height=8, color_system=None, record=True)


def test_a_step_tells_its_hosts_and_how_long_it_has_been_running() -> None:
    """Those that are done by name, those that failed with the reason."""
    hosts = {"hosts": ["a", "b", "c", "d"], "hosts_ok": ["a", "b"], "hosts_failed": {"c": "[X] bad"}}
    step = Step("go", NOW - timedelta(seconds=3), **hosts)
    phase = Phase("Starting", NOW - timedelta(seconds=5), Mark.FAILED, 5.0, [step])
    first, second, third = (line.plain for line in phase_lines(phase, NOW))
    assert first == "✗ Starting  5.0s"
    assert second[2:].endswith(" go  3.0s  2/4  a, b")
    assert third == "      ✗ c  [X] bad"


HOSTS = [f"host-{number}" for number in range(50)]


def told(step: Step) -> list[str]:
    return [line.plain for line in phase_lines(Phase("Starting", NOW, steps=[step]), NOW)][1:]


def test_many_hosts_are_counted() -> None:
    """They would not fit in a line."""
    assert told(Step("go", NOW, Mark.DONE, 1.0, hosts=HOSTS, hosts_ok=HOSTS)) == ["  ✓ go  1.0s  50/50"]


def test_the_last_hosts_that_are_waited_for_are_named() -> None:
    """Whoever watches wants to know which ones they are."""
    (line,) = told(Step("go", NOW, seconds=1.0, hosts=HOSTS, hosts_ok=HOSTS[:-1]))
    assert line.endswith(" go  1.0s  49/50  waiting for host-49")


def test_of_many_failures_the_first_are_told() -> None:
    """The others fail alike, mostly."""
    failed = dict.fromkeys(HOSTS, "[X] bad")
    _, *lines = told(Step("go", NOW, Mark.FAILED, 1.0, hosts=HOSTS, hosts_failed=failed))
    assert lines[0] == "      ✗ host-0  [X] bad"
    assert lines[10:] == ["      ✗ and 40 more"]


def test_what_is_finished_stays_on_the_terminal(terminal: Console) -> None:
    """Phase by phase; what runs is redrawn and leaves nothing."""
    with LiveProgress(terminal) as progress:
        progress.show(event(EventKind.OPERATION_STARTED, message="create demo"))
        progress.show(event(EventKind.PHASE_STARTED, phase="start", message="Starting"))
        progress.show(event(EventKind.STEP_STARTED, phase="start", step="go"))
        progress.show(event(EventKind.STEP_FINISHED, phase="start", step="go", data={"seconds": 1}))
        progress.show(event(EventKind.WARNING, phase="start", message="odd"))
        progress.show(event(EventKind.PHASE_FINISHED, phase="start", message="Starting"))
    told = terminal.export_text().splitlines()
    assert [line for line in told if line.startswith(("create demo", "✓ Starting", "  ✓ go", "warning: odd"))]
    assert "create demo" in told
    assert "warning: odd" in told
    assert any(line.startswith("✓ Starting") for line in told)
    assert any(line.startswith("  ✓ go  1.0s") for line in told)


def test_what_is_redrawn_fits_the_terminal(terminal: Console) -> None:
    """However many steps a phase has: its title and the last of them are shown."""
    progress = LiveProgress(terminal)
    progress.show(event(EventKind.PHASE_STARTED, phase="start", message="Starting"))
    for number in range(30):
        progress.show(event(EventKind.STEP_STARTED, phase="start", step=f"step {number} {'x' * 200}"))
    lines = [line.plain for line in progress._frame().renderables]  # type: ignore[union-attr]
    assert len(lines) <= 6
    assert "Starting" in lines[0]
    assert "step 29" in lines[-1]
    assert max(map(len, lines)) <= 80
