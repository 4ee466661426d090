"""What YARN and the history server say of jobs; the samples were said by Hadoop 3.5.0."""

import json
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.jobs.applications import parse_applications, tag
from serai.builtin_plugins.hadoop.jobs.history import (
    UnreadableHistory,
    contents,
    failed_tasks,
    parse_counters,
    parse_failures,
    read_history,
)
from serai.builtin_plugins.hadoop.resourcemanager import UnreadableResourceManager
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType

CAPTURED = Path(__file__).with_name("captured")


def sample(name: str) -> bytes:
    """What was said."""
    return (CAPTURED / f"job-{name}").read_bytes()


def test_an_application() -> None:
    """Its name, how it ended, and why."""
    (found,) = parse_applications(sample("apps.json"))
    assert (found.id, found.job_id) == ("application_1795395412892_0002", "job_1795395412892_0002")
    assert (found.kind, found.is_over, found.status, found.progress) == ("MAPREDUCE", True, JobStatus.FAILED, 100.0)
    assert found.diagnostics.startswith("Task failed task_1795395412892_0002_m_000000\n")


@pytest.mark.parametrize("answer", [b'{"apps": {}}', b'{"apps": null}', b'{"apps": ""}'])
def test_none_is_an_answer(answer: bytes) -> None:
    """Written differently by the releases."""
    assert parse_applications(answer) == ()


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"apps": {"app": [{}]}}', b'{"apps": {"app": 1}}'])
def test_anything_else_is_not_taken_for_one(answer: bytes) -> None:
    """That a job is unknown would have it submitted twice."""
    with pytest.raises(UnreadableResourceManager, match="ResourceManager"):
        parse_applications(answer)


def test_counters() -> None:
    """One group alone is no list in Hadoop 3.5; as a list it is read as well."""
    document = json.loads(sample("counters.json"))
    expected = {
        "org.apache.hadoop.mapreduce.TaskCounter": {
            "CPU_MILLISECONDS": 0,
            "PHYSICAL_MEMORY_BYTES": 0,
            "VIRTUAL_MEMORY_BYTES": 0,
        }
    }
    assert parse_counters(read_history(sample("counters.json"))) == expected
    document["jobCounters"]["counterGroup"] = [document["jobCounters"]["counterGroup"]]
    assert parse_counters(read_history(json.dumps(document).encode())) == expected
    del document["jobCounters"]["counterGroup"]
    assert parse_counters(read_history(json.dumps(document).encode())) == {}


def test_the_attempt_that_failed() -> None:
    """Where it ran, and what it complained of."""
    task = "task_1795395412892_0002_m_00000"
    assert failed_tasks(read_history(sample("tasks.json"))) == [f"{task}2", f"{task}0", f"{task}1"]
    (found,) = parse_failures(read_history(sample("attempts.json")))
    assert (found.container, found.node) == ("container_1795395412892_0002_01_000004", "10.77.0.2:8042")
    assert "subprocess failed with code 7" in found.diagnostics


@pytest.mark.parametrize("answer", [b"<html>", b"[]"])
def test_what_is_no_history(answer: bytes) -> None:
    """It is told as such."""
    with pytest.raises(UnreadableHistory):
        read_history(answer)


def test_a_log_is_what_the_page_frames() -> None:
    """A page without one shows none."""
    assert contents(sample("log.txt").decode()) == "my own trouble\n"
    assert contents("Can not find logs for container:c") == ""


def test_a_tag_is_in_lower_case() -> None:
    """YARN would make it so, and find no other."""
    assert tag(JobExecution("AbC", "demo", JobSpec(JobType.JAVA))) == "serai-job-abc"
