"""The telling part of a log."""

from hypothesis import given
from hypothesis import strategies as st

from serai.hookspec.log_tails import NAMED_LINES, TAIL_LINES, telling

LINES = st.lists(st.sampled_from(["OSError: in use", "  File x", "java.io.IOException", "…", "fine"]), max_size=60)


def test_the_cause_of_a_long_traceback_is_told():
    """It stands far above the end."""
    log = "\n".join(["start", "OSError: [Errno 98] Address already in use", *["  File x"] * 60, "RuntimeError: failed"])
    told = telling(log).splitlines()
    assert told[:2] == ["OSError: [Errno 98] Address already in use", "…"]
    assert told[-1] == "RuntimeError: failed"
    assert len(told) == TAIL_LINES + 2


@given(LINES)
def test_it_is_short_ends_as_the_log_does_and_does_not_change_when_done_twice(lines):
    log = "\n".join(lines)
    told = telling(log)
    assert len(told.splitlines()) <= TAIL_LINES + NAMED_LINES + 1
    assert told.splitlines()[-TAIL_LINES:] == log.splitlines()[-TAIL_LINES:]
    assert telling(told) == told
