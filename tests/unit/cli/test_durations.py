"""Spans of time, as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from serai.engine.cli.durations import age, duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0s"), (0.84, "0.8s"), (9.99, "10s"), (10, "10s"), (59.4, "59s"), (59.6, "1m00s"), (125, "2m05s")],
)
def test_durations_keep_two_or_three_digits(seconds: float, text: str) -> None:
    """More would say nothing."""
    assert duration(seconds) == text


def test_durations_of_hours_leave_out_seconds() -> None:
    """Nobody would read them."""
    assert duration(3 * 3600 + 7 * 60 + 59) == "3h07m"


@pytest.mark.parametrize(
    ("span", "text"), [(0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (7200, "2h"), (86400 * 9, "9d"), (-5, "0s")]
)
def test_ages_are_told_in_their_largest_unit(span: int, text: str) -> None:
    """A clock that went back makes nothing younger than new."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert age(now - timedelta(seconds=span), now) == text


def test_an_unknown_age_is_empty() -> None:
    """Nothing is made up."""
    assert age(None, datetime.now(UTC)) == ""
