"""Jobs, as they are shown."""

from datetime import UTC, datetime, timedelta

from serai.engine.cli.job_views import command, took, unseen
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def execution(**fields: object) -> JobExecution:
    spec = JobSpec(JobType.SHELL, main="a b.sh", args=["--x", "y z"])
    return JobExecution("1", "demo", spec, JobStatus.RUNNING, **fields)  # type: ignore[arg-type]


def test_a_command_is_quoted_as_one_would_type_it() -> None:
    """To be copied."""
    assert command(execution()) == "'a b.sh' --x 'y z'"


def test_a_job_that_runs_has_been_running_until_now() -> None:
    """One that ended, until its end."""
    began = NOW - timedelta(seconds=90)
    assert took(execution(created_at=began), NOW) == "1m30s"
    assert took(execution(created_at=began, finished_at=NOW - timedelta(seconds=60)), NOW) == "30s"
    assert took(execution(), NOW) == ""


def test_only_what_is_new_is_shown() -> None:
    """Of an output that grew."""
    assert unseen("", "one\n") == "one\n"
    assert unseen("one\n", "one\ntwo\n") == "two\n"
    assert unseen("one\n", "one\n") == ""


def test_of_an_output_whose_beginning_was_dropped_the_rest_is_new() -> None:
    """Long outputs come as their last part."""
    shown = "".join(f"line {number}\n" for number in range(100))
    now = "".join(f"line {number}\n" for number in range(50, 110))
    assert unseen(shown, now) == "".join(f"line {number}\n" for number in range(100, 110))


def test_an_output_that_has_nothing_of_what_was_shown_is_all_new() -> None:
    """More was written in between than is kept."""
    assert unseen("one\n", "two\n") == "two\n"
