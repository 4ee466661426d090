"""What is checked of a job's files, arguments and environment before it is accepted."""

from pathlib import Path

import pytest

from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobSpec, JobType
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.shell_jobs import ShellJobEngine


def faults(job: JobSpec) -> list[tuple[str, str]]:
    """(code, path) of everything that speaks against a Shell job."""
    engine = ShellJobEngine(Cluster("demo", "dask", "1"), "scheduler")
    try:
        engine.validate_job_execution(engine.cluster, job, {})
    except ValidationFailed as error:
        return [(each.code, each.path) for each in error.errors]
    return []


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "job.py").write_text("print(1)\n")
    return str(tmp_path / "job.py")


def test_a_program_that_is_there_is_accepted(program: str, tmp_path: Path) -> None:
    """With a directory beside it, arguments and variables."""
    (tmp_path / "lib").mkdir()
    job = JobSpec(JobType.SHELL, program, (str(tmp_path / "lib"),), ("a b",), {"X_1": ""}, {"edp.anything": "1"})
    assert faults(job) == []


def test_a_command_needs_no_program() -> None:
    """Arguments alone are a command."""
    assert faults(JobSpec(JobType.SHELL, args=("true",))) == []


def test_everything_wrong_is_told_at_once(program: str, tmp_path: Path) -> None:
    """Type, files, arguments, variables and configs."""
    wrong = JobSpec(
        JobType.PIG,
        str(tmp_path),
        (program, "/nowhere/job.py"),
        ("a\0",),
        {"1X": "", "OK": "\0"},
        {"spark.x": "1"},
    )
    assert faults(wrong) == [
        ("JOB_TYPE_UNSUPPORTED", "type"),
        ("JOB_FILE_MISSING", "main"),
        ("JOB_FILE_MISSING", "libs[1]"),
        ("JOB_FILE_NAME_TWICE", "libs[1]"),
        ("JOB_ARGUMENT", "args[0]"),
        ("JOB_PARAMETER", "params.1X"),
        ("JOB_PARAMETER", "params.OK"),
        ("JOB_CONFIG_UNKNOWN", "configs.spark.x"),
    ]


def test_a_job_of_nothing_is_refused() -> None:
    """Neither program nor command."""
    assert faults(JobSpec(JobType.SHELL)) == [("JOB_MAIN_MISSING", "main")]


def test_a_file_must_have_a_name(program: str) -> None:
    """It keeps its name on the instance."""
    assert faults(JobSpec(JobType.SHELL, program, ("/", ".."))) == [
        ("JOB_FILE_NAME", "libs[0]"),
        ("JOB_FILE_NAME", "libs[1]"),
    ]
