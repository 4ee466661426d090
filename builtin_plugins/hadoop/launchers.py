"""Hadoop's commands on an instance: ``hdfs``, ``yarn``, ``mapred`` and ``hadoop``, as people know them.

They are for people who log in, and for Shell jobs; no daemon is started by them.
"""

import shlex
from typing import Final

from serai.builtin_plugins.hadoop.daemons import hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.hookspec.objects import Instance
from serai.hookspec.remote import File

_HDFS: Final = "org.apache.hadoop.hdfs.tools"
_YARN: Final = "org.apache.hadoop.yarn.client.cli"
_FILES: Final = "org.apache.hadoop.fs.FsShell"
_JAR: Final = "org.apache.hadoop.util.RunJar"
_JOB: Final = "org.apache.hadoop.mapreduce.tools.CLI"

CLASSES: Final = {
    "hdfs": {
        "dfs": _FILES,
        "dfsadmin": f"{_HDFS}.DFSAdmin",
        "fsck": f"{_HDFS}.DFSck",
        "getconf": f"{_HDFS}.GetConf",
        "haadmin": f"{_HDFS}.DFSHAAdmin",
        "storagepolicies": f"{_HDFS}.StoragePolicyAdmin",
    },
    "yarn": {
        "app": f"{_YARN}.ApplicationCLI",
        "application": f"{_YARN}.ApplicationCLI",
        "container": f"{_YARN}.ApplicationCLI",
        "jar": _JAR,
        "logs": f"{_YARN}.LogsCLI",
        "node": f"{_YARN}.NodeCLI",
        "queue": f"{_YARN}.QueueCLI",
        "rmadmin": f"{_YARN}.RMAdminCLI",
    },
    "mapred": {"job": _JOB, "queue": "org.apache.hadoop.mapred.JobQueueClient"},
    "hadoop": {
        "fs": _FILES,
        "jar": _JAR,
        "version": "org.apache.hadoop.util.VersionInfo",
    },
}
"""The class of each command's words, as in Hadoop's own scripts."""
_HEAP: Final = 512
"""MiB."""
_NAMED: Final = frozenset((f"{_YARN}.ApplicationCLI",))
"""Classes that want to be told by which word they were called."""

_COMMAND: Final = """\
#!/bin/sh
# Runs {program} in this cluster.
{exports}
word=$1
case $word in
{cases}
    *)
        echo 'usage: {program} {words} [arguments]' >&2
        exit 2 ;;
esac
exec {java} "$@"
"""


def commands(instance: Instance) -> str:
    """The directory of Hadoop's commands on an instance."""
    return f"{hadoop_paths(instance).root}/bin"


def launchers(instance: Instance) -> dict[str, File]:
    """Hadoop's commands by path.

    Args:
        instance: where; connected.
    """
    return {f"{commands(instance)}/{program}": File(_launcher(instance, program), 0o755) for program in CLASSES}


def _launcher(instance: Instance, program: str) -> str:
    classes, environment = CLASSES[program], hadoop_environment(instance)
    return _COMMAND.format(
        program=program,
        exports="\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items()),
        cases="\n".join(_case(word, main_class) for word, main_class in classes.items()),
        words="|".join(classes),
        java=shlex.join(hadoop_command(instance, "", heap=_HEAP)[:-1]),
    )


def _case(word: str, main_class: str) -> str:
    keeps = "" if main_class not in _NAMED else f" {word}"
    return f'    {word}) shift; set -- {main_class}{keeps} "$@" ;;'
