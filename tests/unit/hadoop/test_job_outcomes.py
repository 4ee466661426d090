"""How a job is, by its client and its applications."""

import pytest

from serai.builtin_plugins.hadoop.jobs.applications import Application
from serai.builtin_plugins.hadoop.jobs.outcomes import job_info
from serai.hookspec.edp import JobStatus

RUNNING, SUCCEEDED = {"status": JobStatus.RUNNING}, {"status": JobStatus.SUCCEEDED, "exit_code": 0}
FAILED = {"status": JobStatus.FAILED, "exit_code": 1, "reason": "it ended with status 1", "stderr": "x"}
KILLED, LOST = (
    {"status": JobStatus.KILLED, "reason": "cancelled"},
    {"status": JobStatus.DONEWITHERROR, "reason": "gone"},
)


def app(state: str, final: str = "UNDEFINED", diagnostics: str = "") -> Application:
    """An application."""
    return Application("application_1_0001", "MAPREDUCE", state, final, 50.04, diagnostics)


ON, DONE = app("RUNNING"), app("FINISHED", "SUCCEEDED")
BAD, ENDED = app("FINISHED", "FAILED", "Task failed"), app("KILLED", "KILLED", "killed by user")


@pytest.mark.parametrize(
    ("client", "applications", "is_one", "expected"),
    [
        (RUNNING, [], True, "RUNNING"),
        (RUNNING, [DONE], False, "RUNNING"),
        (SUCCEEDED, [ON], True, "RUNNING"),
        (FAILED, [ON], False, "RUNNING"),
        (KILLED, [ON], True, "RUNNING"),
        (SUCCEEDED, [DONE], False, "SUCCEEDED"),
        (SUCCEEDED, [DONE], True, "SUCCEEDED"),
        (SUCCEEDED, [BAD], True, "FAILED"),
        (SUCCEEDED, [BAD], False, "SUCCEEDED"),
        (SUCCEEDED, [app("FAILED", "UNDEFINED")], True, "FAILED"),
        (FAILED, [], True, "FAILED"),
        (FAILED, [DONE], True, "SUCCEEDED"),
        (FAILED, [DONE], False, "FAILED"),
        (FAILED, [DONE, BAD], False, "FAILED"),
        (FAILED, [ENDED], False, "KILLED"),
        (KILLED, [DONE], True, "KILLED"),
        (KILLED, [], False, "KILLED"),
        (LOST, [DONE], True, "SUCCEEDED"),
        (LOST, [DONE], False, "DONEWITHERROR"),
        (LOST, [], True, "DONEWITHERROR"),
        (SUCCEEDED, [], True, "DONEWITHERROR"),
        (SUCCEEDED, [], False, "SUCCEEDED"),
    ],
)
def test_who_tells(client: dict, applications: list[Application], is_one: bool, expected: str) -> None:
    """It runs while anything of it does; then one application tells, or the client of many."""
    assert job_info(client, applications, is_one=is_one)["status"] == expected


def test_the_reason_is_that_of_the_application() -> None:
    """A client only says that it failed."""
    assert job_info(FAILED, [DONE, BAD], is_one=False)["reason"] == "application_1_0001 FAILED: Task failed"
    assert job_info(SUCCEEDED, [BAD], is_one=True)["reason"] == "Task failed"
    assert job_info(LOST, [DONE], is_one=False)["reason"] == "gone; of its applications: application_1_0001 SUCCEEDED"


def test_applications_and_their_progress_are_told() -> None:
    """While it runs, too."""
    shown = {"id": "application_1_0001", "state": "RUNNING", "status": "RUNNING", "progress": 50.0}
    assert job_info(RUNNING, [ON], is_one=True) == {"status": JobStatus.RUNNING, "applications": [shown]}
