"""Jobs on a real Hadoop cluster of this machine."""

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.engine import ClusterSpec, Engine
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
TEXT = EXAMPLES / "text" / "opticks.txt"
PATIENCE = 600.0

MAP = """
import sys

for line in sys.stdin:
    for word in line.split():
        print(word, 1, sep="\\t")
"""
REDUCE = """
import sys
from itertools import groupby

rows = (line.rstrip("\\n").split("\\t") for line in sys.stdin)
for word, group in groupby(rows, key=lambda row: row[0]):
    print(word, sum(int(count) for _, count in group), sep="\\t")
"""
BROKEN = "import sys\nsys.exit('my own trouble')\n"
SMALL = {"mapreduce.job.maps": "1", "mapreduce.map.maxattempts": "1"}


@pytest.fixture
def hadoop(engine: Engine) -> str:
    """The example's cluster, with the text in its HDFS."""
    cluster = engine.clusters.create(ClusterSpec.from_file(EXAMPLES / "hadoop.yaml")).result(300)
    command = ("sh", "-c", f"hdfs dfs -mkdir /in && hdfs dfs -put {TEXT.name} /in")
    put = engine.jobs.submit(cluster.name, JobSpec(JobType.SHELL, libs=(str(TEXT),), args=command)).result(PATIENCE)
    assert put.status is JobStatus.SUCCEEDED, put.reason
    return cluster.name


@pytest.fixture
def run(engine: Engine, hadoop: str) -> Callable[..., tuple[JobExecution, str, str]]:
    """Runs a job to its end: how it ended, and what it wrote."""

    def to_the_end(spec: JobSpec) -> tuple[JobExecution, str, str]:
        job = engine.jobs.submit(hadoop, spec)
        ended = job.result(PATIENCE)
        output = job.output()
        return ended, output.stdout, output.stderr

    return to_the_end


@pytest.fixture
def examples_jar(tmp_path: Path) -> str:
    """Apache's examples, as a user has them."""
    name = "org.apache.hadoop:hadoop-mapreduce-examples:3.4.2"
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    subprocess.run(
        ["mvn", "-q", "-B", copy, f"-Dartifact={name}", f"-DoutputDirectory={tmp_path}"], check=True, cwd=tmp_path
    )
    return str(tmp_path / "hadoop-mapreduce-examples-3.4.2.jar")


def counted(text: str) -> dict[str, int]:
    """Words and how often each came, as jobs write them."""
    rows = (line.split("\t") for line in text.splitlines())
    return {word: int(count) for word, count in rows}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_jobs_compute_fail_and_are_cancelled(
    engine: Engine, hadoop: str, run: Callable[..., tuple[JobExecution, str, str]], examples_jar: str, tmp_path: Path
) -> None:
    """WordCount in Java and by streaming, with the right counts; a failure with its task's words; an end on demand."""
    for name, text in (("map.py", MAP), ("reduce.py", REDUCE), ("broken.py", BROKEN)):
        (tmp_path / name).write_text(text)
    words = dict(Counter(TEXT.read_text().split()))

    ended, _, stderr = run(JobSpec(JobType.MAPREDUCE, examples_jar, args=("wordcount", "/in", "/java"), configs=SMALL))
    assert ended.status is JobStatus.SUCCEEDED, stderr
    (application,) = ended.info["applications"]
    counters = ended.info["counters"][application["id"].replace("application", "job")]
    assert counters["org.apache.hadoop.mapreduce.TaskCounter"]["MAP_OUTPUT_RECORDS"] == sum(words.values())
    _, result, _ = run(JobSpec(JobType.SHELL, args=("hdfs", "dfs", "-cat", "/java/part-r-00000")))
    assert counted(result) == words

    paths = ("-input", "/in", "-output", "/streamed")
    reducing = {**SMALL, "edp.streaming.reducer": "reduce.py"}
    libs = (str(tmp_path / "reduce.py"),)
    ended, _, stderr = run(
        JobSpec(JobType.MAPREDUCE_STREAMING, str(tmp_path / "map.py"), libs, paths, configs=reducing)
    )
    assert ended.status is JobStatus.SUCCEEDED, stderr
    _, result, _ = run(JobSpec(JobType.SHELL, args=("hdfs", "dfs", "-cat", "/streamed/part-00000")))
    assert counted(result) == words

    paths = ("-input", "/in", "-output", "/broken")
    ended, _, stderr = run(JobSpec(JobType.MAPREDUCE_STREAMING, str(tmp_path / "broken.py"), args=paths, configs=SMALL))
    assert (ended.status, ended.reason.split(" task_")[0]) == (JobStatus.FAILED, "Task failed")
    assert "my own trouble" in stderr

    endless = JobSpec(JobType.MAPREDUCE, examples_jar, args=("pi", "1", "2000000000"), configs=SMALL)
    job = engine.jobs.submit(hadoop, endless)
    while not any(each["state"] == "RUNNING" for each in job.refresh().info.get("applications", [])):
        assert not job.done, job.execution.reason
    assert job.cancel().status is JobStatus.KILLED
    assert [each["state"] for each in job.execution.info["applications"]] == ["KILLED"]
