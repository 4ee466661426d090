"""Spark jobs: what is run, and what is refused."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.jobs import job_problems, job_properties, python_release, submit_command
from serai.builtin_plugins.spark.plugin import SPARK
from serai.hookspec.edp import JobEngine, JobExecution, JobSpec, JobType
from serai.hookspec.objects import Cluster


def command(spec: JobSpec) -> list[str]:
    """What follows the properties."""
    line = submit_command("/p/spark-submit", "/d/jobs/1.properties", JobExecution("1", "demo", spec), "/d/jobs/1")
    assert line[:3] == ("/p/spark-submit", "--properties-file", "/d/jobs/1.properties")
    return list(line[3:])


def test_a_python_job() -> None:
    """Its libs are importable, or lie in the working directory."""
    spec = JobSpec(JobType.SPARK, "/home/pi.py", libs=("/l/a.py", "/l/b.zip", "/l/c.jar", "/l/d.csv"), args=("10", ""))
    assert command(spec) == [
        *("--name", "pi.py 1"),
        *("--py-files", "/d/jobs/1/a.py,/d/jobs/1/b.zip"),
        *("--jars", "/d/jobs/1/c.jar"),
        *("--files", "/d/jobs/1/d.csv"),
        *("/d/jobs/1/pi.py", "10", ""),
    ]


def test_a_jar() -> None:
    """With the class that is to be run; configs are not among the arguments."""
    configs = {"edp.java.main_class": "demo.Pi", "spark.executor.memory": "600m"}
    spec = JobSpec(JobType.SPARK, "/home/pi.jar", libs=("/l/a.py",), configs=configs)
    assert command(spec) == [
        *("--name", "pi.jar 1", "--class", "demo.Pi", "--files", "/d/jobs/1/a.py", "/d/jobs/1/pi.jar")
    ]


def test_configs_become_properties() -> None:
    """Spark's own, and what Sahara called otherwise."""
    configs = {"edp.java.main_class": "x", "edp.spark.driver.classpath": "/x/*", "spark.cores.max": "2"}
    assert job_properties(JobSpec(JobType.SPARK, "/pi.jar", configs=configs)) == {
        "spark.cores.max": "2",
        "spark.driver.extraClassPath": "/x/*",
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (JobSpec(JobType.SPARK, "/pi.py", configs={"spark.executor.memory": "2g"}), []),
        (JobSpec(JobType.SPARK, "/pi.sh"), [("main", "JOB_MAIN_UNSUPPORTED")]),
        (JobSpec(JobType.SPARK, "/pi.py", libs=("/a,b.py",)), [("libs[0]", "JOB_FILE_NAME")]),
        (
            JobSpec(JobType.SPARK, "/pi.py", configs={"spark.master": "x", "memory": "1"}),
            [("configs.spark.master", "JOB_CONFIG_RESERVED"), ("configs.memory", "JOB_CONFIG_UNKNOWN")],
        ),
    ],
)
def test_what_cannot_run_is_refused(spec: JobSpec, expected: list[tuple[str, str]]) -> None:
    """Everything at once, each with its place."""
    assert [(problem.path, problem.code) for problem in job_problems(spec)] == expected


@pytest.mark.parametrize(
    ("version", "release"), [("3.11.7", (3, 11)), ("3.9", (3, 9)), ("", (0, 0)), ("three", (0, 0)), ("3.x.1", (0, 0))]
)
def test_pythons_release(version: str, release: tuple[int, int]) -> None:
    """What cannot be read is older than everything."""
    assert python_release(version) == release


def test_engines_by_type(cluster: Callable[..., Cluster]) -> None:
    """Spark and Shell, nothing else; each is a job engine, and has hints."""
    engines = {str(kind): SPARK.get_edp_engine(cluster(), kind) for kind in JobType}
    assert sorted(name for name, engine in engines.items() if engine is not None) == ["Shell", "Spark"]
    assert all(isinstance(engines[name], JobEngine) for name in ("Shell", "Spark"))
    hints = SPARK.get_edp_config_hints("Spark")
    assert hints is not None
    assert "spark.executor.memory" in {config["name"] for config in hints["job_config"]["configs"]}
    assert SPARK.get_edp_config_hints("Hive") is None
