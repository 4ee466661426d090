"""For tests whose engines die: where they come from, and the count of the places where they did."""

from collections.abc import Callable, Iterator

import pytest

from faults.life import Life
from faults.nursery import Nursery

POINTS = "crash points"


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where engines come from that die."""
    with Nursery() as opened:
        yield opened


@pytest.fixture
def life(tmp_path, nursery) -> Iterator[Life]:
    """A store and machines of its own; nothing of it is left in the end."""
    lived = Life(tmp_path, nursery)
    yield lived
    lived.end()


@pytest.fixture
def survived(record_property) -> Callable[[str, int], None]:
    """Take note of how often an engine died over something and the end was reached all the same."""
    return lambda what, times: record_property(POINTS, f"{what}: {times}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many crash points there were."""
    told = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == POINTS
    ]
    if told:
        counts: dict[str, int] = {}
        for what, _, times in (each.rpartition(": ") for each in told):
            counts[what] = counts.get(what, 0) + int(times)
        terminalreporter.section("engines killed, and the undisturbed end reached")
        for what, times in sorted(counts.items()):
            terminalreporter.line(f"{times:5} {what}")
        terminalreporter.line(f"{sum(counts.values()):5} crash points in all")
