import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.engine.remote.pool import Pool
from serai.engine.remote.sessions import Process, kindred, parse_stat
from serai.hookspec.errors import DeadlineExceeded, OperationCancelled
from serai.hookspec.remote import LocalEndpoint, Remote


def test_a_command_ends_with_its_deadline(remote: Remote) -> None:
    """It is killed, and the error tells the limit and what it had said."""
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"worker-1: sh: not done within 0\.3 s, killed") as caught:
        remote.run("sh", "-c", "echo halfway; exec sleep 30", timeout=0.3)
    assert time.monotonic() - began < 1.5
    assert caught.value.details["stdout"] == ["halfway"]


def test_a_deadline_counts_also_when_status_does_not(remote: Remote) -> None:
    """check=False is about the status alone."""
    with pytest.raises(DeadlineExceeded):
        remote.run("sleep", "30", timeout=0.1, check=False)


@pytest.mark.parametrize(
    "start",
    ["sleep 30 &", "(sleep 30 & sleep 30) &", "setsid sleep 30 &", "trap '' TERM HUP; sleep 30 &"],
    ids=["child", "grandchild", "own session", "stubborn"],
)
def test_what_a_command_started_ends_with_it(remote: Remote, alive: Callable[[int], bool], start: str) -> None:
    """Children and grandchildren are killed as well, in whatever session they are."""
    with pytest.raises(DeadlineExceeded) as caught:
        remote.script(f"{start} echo $! $$; wait", timeout=0.3)
    pids = [int(pid) for pid in caught.value.details["stdout"][0].split()]
    assert [alive(pid) for pid in pids] == [False, False]


def test_kin_are_the_session_and_all_descendants() -> None:
    """Those of another session count when a parent of theirs does."""
    table = [Process(10, 1, 10), Process(11, 10, 10), Process(12, 11, 12), Process(13, 12, 12), Process(20, 1, 20)]
    assert kindred(10, table) == {10, 11, 12, 13}


def test_a_process_may_have_any_name() -> None:
    """Blanks, parentheses and newlines in a program's name do not confuse the table."""
    assert parse_stat(5, "5 (a) (b\n) S 1 5 4 0 -1 0") == Process(5, 1, 4)


def test_the_ended_are_no_processes() -> None:
    """A zombie holds nothing and cannot be killed."""
    assert parse_stat(5, "5 (sh) Z 1 5 4 0 -1 0") is None


def test_a_silent_command_ends_before_its_time(remote: Remote) -> None:
    """The error names that limit; what it had said is kept."""
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"worker-1: script: silent for 0\.4 s, killed") as caught:
        remote.script("echo halfway; sleep 30", timeout=20, silence=0.4)
    assert time.monotonic() - began < 2
    assert caught.value.details["stdout"] == ["halfway"]


@pytest.mark.slow
def test_a_command_that_talks_may_go_on(remote: Remote) -> None:
    """Silence is counted from the last output, on either stream."""
    script = "for i in 1 2 3 4 5; do sleep 0.2; echo $i; sleep 0.2; echo $i >&2; done"
    assert remote.script(script, silence=1).seconds > 1.5


def test_a_cancelled_operation_kills_what_runs(tmp_path: Path, alive: Callable[[int], bool]) -> None:
    """With all it started."""
    cancelled = threading.Event()
    note = tmp_path / "pids"
    with Pool(cancelled) as pool:
        remote = pool.get(LocalEndpoint("worker-1", str(tmp_path / "prefix")))
        threading.Timer(0.5, cancelled.set).start()
        began = time.monotonic()
        with pytest.raises(OperationCancelled):
            remote.script('sleep 30 & echo $! $$ >"$1"; wait', str(note))
    assert time.monotonic() - began < 2
    assert [alive(int(pid)) for pid in note.read_text().split()] == [False, False]
