"""Hadoop's commands on an instance, run for real with a Java that tells what it was asked for."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.launchers import commands, launchers
from serai.hookspec.objects import Cluster, Instance


@pytest.fixture
def master(placed: Callable[..., Cluster]) -> Instance:
    """An instance whose Java prints its environment and its arguments."""
    instance = placed().instances[0]
    java = Path(instance.remote.layout.dist) / "hadoop/java/bin/java"
    java.parent.mkdir(parents=True)
    java.write_text(
        '#!/bin/sh\necho "$HADOOP_CONF_DIR"\nwhile [ "$1" != -cp ]; do shift; done\nshift 2\nprintf "%s|" "$@"'
    )
    java.chmod(0o755)
    instance.remote.put(launchers(instance))
    return instance


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("hdfs", "dfs", "-ls", "/a b"), ["org.apache.hadoop.fs.FsShell", "-ls", "/a b"]),
        (("hadoop", "jar", "a.jar", ""), ["org.apache.hadoop.util.RunJar", "a.jar", ""]),
        (
            ("yarn", "application", "-list"),
            ["org.apache.hadoop.yarn.client.cli.ApplicationCLI", "application", "-list"],
        ),
        (("yarn", "logs", "-x"), ["org.apache.hadoop.yarn.client.cli.LogsCLI", "-x"]),
        (("mapred", "job", "-list"), ["org.apache.hadoop.mapreduce.tools.CLI", "-list"]),
    ],
)
def test_a_command_runs_its_class(master: Instance, words: tuple[str, ...], expected: list[str]) -> None:
    """With its arguments as they are, and the cluster's configuration."""
    program, *arguments = words
    done = subprocess.run([f"{commands(master)}/{program}", *arguments], capture_output=True, text=True, check=True)
    conf, line = done.stdout.split("\n", 1)
    assert conf == f"{master.remote.layout.conf}/hadoop"
    assert line == "".join(f"{word}|" for word in expected)


@pytest.mark.parametrize("words", [[], ["delete-everything"]])
def test_a_word_that_is_none(master: Instance, words: list[str]) -> None:
    """It is told which there are."""
    done = subprocess.run([f"{commands(master)}/hdfs", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: hdfs dfs|dfsadmin|")
