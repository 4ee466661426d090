"""Whatever YARN says of a job: it is read or refused, and a job never ends before its applications do."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.jobs.applications import Application, parse_applications
from serai.builtin_plugins.hadoop.jobs.history import (
    UnreadableHistory,
    contents,
    failed_tasks,
    parse_counters,
    parse_failures,
    read_history,
)
from serai.builtin_plugins.hadoop.jobs.outcomes import job_info
from serai.builtin_plugins.hadoop.jobs.properties import config_problems, job_properties
from serai.builtin_plugins.hadoop.rendering import site_xml
from serai.builtin_plugins.hadoop.resourcemanager import UnreadableResourceManager
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType

CAPTURED = Path(__file__).parent.parent / "unit" / "hadoop" / "captured"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoiled(draw: st.DrawFn, name: str) -> bytes:
    """What was said, with some value somewhere in it replaced."""
    document = json.loads((CAPTURED / name).read_bytes())
    place: Any = document
    for _ in range(draw(st.integers(1, 5))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()) or not isinstance(place[key], dict | list):
            place[key] = draw(anything)
            break
        place = place[key]
    return json.dumps(document).encode()


@given(spoiled("job-apps.json") | st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_applications_are_read_or_refused(answer: bytes) -> None:
    """Nothing else is raised, and each has a status."""
    try:
        found = parse_applications(answer)
    except UnreadableResourceManager:
        return
    assert all(each.status.is_final == each.is_over for each in found)
    assert [each.id for each in found] == sorted(each.id for each in found)


@given(st.data())
def test_history_is_read_or_refused(data: st.DataObject) -> None:
    """Each of its documents."""
    read, name = data.draw(
        st.sampled_from(
            [
                (parse_counters, "job-counters.json"),
                (failed_tasks, "job-tasks.json"),
                (parse_failures, "job-attempts.json"),
            ]
        )
    )
    try:
        found = read(read_history(data.draw(spoiled(name) | st.binary())))
    except UnreadableHistory:
        return
    json.dumps(found if isinstance(found, dict | list) else [each.as_info() for each in found])


@given(st.text(), st.text())
def test_a_log_comes_back_as_it_was_framed(before: str, log: str) -> None:
    """Whatever it holds."""
    framed = f"LogType:stderr\nLogContents:\n{log}\nEnd of LogType:stderr\n***\n"
    assert contents(framed) == log
    assert contents(before) == "" or "LogContents:\n" in before


applications = st.lists(
    st.builds(
        Application,
        id=st.integers(1, 9).map("application_1_{}".format),
        kind=st.just("MAPREDUCE"),
        state=st.sampled_from(["NEW", "ACCEPTED", "RUNNING", "FINISHED", "FAILED", "KILLED"]),
        final_status=st.sampled_from(["UNDEFINED", "SUCCEEDED", "FAILED", "KILLED"]),
        progress=st.floats(0, 100),
        diagnostics=st.text(),
    ),
    max_size=4,
)
clients = st.sampled_from(
    [
        JobStatus.RUNNING,
        JobStatus.SUCCEEDED,
        JobStatus.FAILED,
        JobStatus.KILLED,
        JobStatus.DONEWITHERROR,
    ]
)


@given(clients, applications, st.booleans())
def test_a_job_ends_when_all_of_it_has(status: JobStatus, found: list[Application], is_one: bool) -> None:
    """Not before, and not later; what succeeded had nothing fail that counts."""
    info = job_info({"status": status}, found, is_one=is_one)
    assert info["status"].is_final == (status is not JobStatus.RUNNING and all(each.is_over for each in found))
    if info["status"] is JobStatus.SUCCEEDED:
        assert status is JobStatus.SUCCEEDED or (is_one and found[-1].status is JobStatus.SUCCEEDED)
    json.dumps(info)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5), st.lists(st.text("ab/.", min_size=1), max_size=3))
def test_what_is_not_refused_reaches_the_job_as_it_is(configs: dict[str, str], shipped: list[str]) -> None:
    """Through XML and back."""
    spec = JobSpec(JobType.JAVA, "/a.jar", configs=configs)
    refused = {problem.path.removeprefix("configs.") for problem in config_problems(spec, ())}
    accepted = {name: value for name, value in configs.items() if name not in refused}
    execution = JobExecution("1", "demo", JobSpec(JobType.JAVA, "/a.jar", configs=accepted))
    text = site_xml(job_properties(execution, "/d", shipped))
    root = ElementTree.fromstring(text.encode())  # noqa: S314 - our own
    read = {each.findtext("name", ""): each.findtext("value", "") for each in root}
    assert {name: read[name] for name in accepted} == accepted
    assert read["mapreduce.job.tags"] == "serai-job-1"
