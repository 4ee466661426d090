"""What jobs find on their instance: Hadoop Streaming, Spark where wanted, Hadoop's commands."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.jobs.shell import HadoopShellEngine
from serai.builtin_plugins.hadoop.jobs.spark import SUBMIT
from serai.builtin_plugins.hadoop.jobs.tools import install_tools, spark_home, streaming_jars
from serai.builtin_plugins.hadoop.launchers import commands
from serai.hookspec.artifacts import Artifact
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.objects import Cluster, Instance

Placed = Callable[..., Cluster]
TARBALL = {"Distribution URL": "file:///h.tar.gz", "Distribution SHA-256": "0" * 64}


class Delivering:
    """Has every artifact in a directory of its name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.delivered: list[str] = []

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        self.delivered.append(f"{artifact.name} {artifact.version}")
        return str(self.root / artifact.name)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["hadoop-streaming 3.4.2"]),
        ({"Spark": "4.3.0"}, ["hadoop-streaming 3.4.2", "spark 4.3.0"]),
        (TARBALL, []),
    ],
)
def test_clients_of_jobs_have_what_they_need(
    placed: Placed, tmp_path: Path, given: dict[str, object], expected: list[str]
) -> None:
    """Where they run, and nowhere else; Apache's tree has Hadoop Streaming."""
    run, made = Delivering(tmp_path), placed({"general": given})
    for instance in made.instances:
        Path(instance.remote.layout.dist, "hadoop").mkdir(parents=True)
        install_tools(instance, run)
        install_tools(instance, run)
    assert run.delivered == expected * 2
    master = made.instances[0]
    if "Spark" in given:
        assert Path(spark_home(master)).readlink() == tmp_path / "spark/pyspark"
    if given != TARBALL:
        assert Path(streaming_jars(master)).parent.readlink() == tmp_path / "hadoop-streaming"
    else:
        assert streaming_jars(master).endswith("/home/share/hadoop/tools/lib/*")


def test_shell_jobs_have_hadoops_commands_on_their_path(placed: Placed) -> None:
    """Before any other of the same names; arguments come as they are."""
    made = placed()
    instance = made.instances[0]
    directory = Path(commands(instance))
    directory.mkdir(parents=True)
    (directory / "hdfs").write_text('#!/bin/sh\nprintf "%s|" "$@"')
    (directory / "hdfs").chmod(0o755)
    execution = JobExecution("1", "demo", JobSpec(JobType.SHELL, args=("hdfs", "dfs", "-ls", "/a b", "")))
    line = HadoopShellEngine(made).command(execution, instance, "/d")
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout == "dfs|-ls|/a b||"


_HDFS = """#!/bin/sh
# HDFS's commands on a directory of this machine; while it puts, somebody else is done with the same.
shift
word=$1
shift
case $word in
    -test) test -e "$2" ;;
    -mkdir) mkdir -p "$2" ;;
    -put) cp "$1" "$2" && mkdir -p "$OTHERS" && cp "$1" "$OTHERS" ;;
    -mv) mv "$1" "$2" ;;
    -rm) rm -r -f "$4" ;;
esac
"""


def test_sparks_jars_are_there_once_when_two_jobs_bring_them(tmp_path: Path) -> None:
    """What is moved to a directory that has come meanwhile ends inside it."""
    hdfs, jars, there = tmp_path / "hdfs", tmp_path / "jars", tmp_path / "spark" / "jars"
    hdfs.write_text(_HDFS)
    hdfs.chmod(0o755)
    jars.mkdir()
    (jars / "a.jar").touch()
    command = ("sh", "-c", SUBMIT, "sh", str(hdfs), str(jars), str(there), "echo", "submitted")
    env = {"PATH": os.environ["PATH"], "OTHERS": str(there)}
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    assert done.stdout == b"submitted\n"
    assert [path.relative_to(there.parent) for path in sorted(there.parent.rglob("*"))] == [
        Path("jars"),
        Path("jars/a.jar"),
    ]
