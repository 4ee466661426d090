"""Hadoop on one instance: its distribution, its Java, its files, its directories."""

import re
from typing import Final

from serai.builtin_plugins.hadoop import values
from serai.builtin_plugins.hadoop.jobs.tools import install_tools
from serai.builtin_plugins.hadoop.launchers import launchers
from serai.builtin_plugins.hadoop.layout import HadoopPaths, hadoop_paths
from serai.builtin_plugins.hadoop.processes import (
    DATANODE,
    JOURNALNODE,
    NAMENODE,
    NODEMANAGER,
    SECONDARY_NAMENODE,
    ZOOKEEPER_SERVER,
)
from serai.builtin_plugins.hadoop.sites import instance_files
from serai.builtin_plugins.hadoop.versions import RELEASES, tarball_artifact
from serai.builtin_plugins.java.installation import install_java
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.artifacts import Artifact
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_PREPARE: Final = """
set -eu
root=$1 home=$2 java=$3
shift 3
mkdir -p "$root" "$@"
ln -sfn "$home" "$root/home"
ln -sfn "$java" "$root/java"
"""


_ODD: Final = re.compile(r"[^\w./@~-]")
"""What some part of Hadoop takes for something else in paths, which it handles as URIs, in lists and in scripts."""


class UnfitDirectory(SeraiError):
    """A directory has a name with which Hadoop cannot work."""

    code = "HADOOP_UNFIT_DIRECTORY"


def install(instance: Instance, run: Run) -> None:
    """Have Hadoop, its files and its directories on an instance; what is there already stays.

    Args:
        instance: where.
        run: the operation.

    Raises:
        UnfitDirectory: Hadoop cannot work where it is to be.
        UnfitJava: no Java there runs this release of Hadoop.
        ArtifactError: something could not be had.
    """
    cluster, paths = instance.node_group.cluster, hadoop_paths(instance)
    _demand_fit(instance, paths)
    home = run.artifact(instance, distribution_artifact(cluster))
    java = install_java(instance, RELEASES[cluster.hadoop_version].java_need, values.java(cluster), run)
    instance.remote.put({**instance_files(instance), **launchers(instance)})
    instance.remote.script(_PREPARE, paths.root, home, java.home, *_directories(instance, paths))
    install_tools(instance, run)


def distribution_artifact(cluster: Cluster) -> Artifact:
    """What a cluster's Hadoop is installed from."""
    chosen = values.distribution(cluster)
    if chosen is None:
        return RELEASES[cluster.hadoop_version].artifact
    return tarball_artifact(chosen.url, chosen.sha256, cluster.hadoop_version)


def _demand_fit(instance: Instance, paths: HadoopPaths) -> None:
    for path in (paths.root, paths.conf, paths.scratch, *paths.storage):
        if found := _ODD.search(path):
            raise UnfitDirectory(
                f"Hadoop cannot work in {path}: there is {found.group()!r} in its name",
                place=instance.instance_name,
                hint="put the instance's directory and its storage where names have only letters, digits, and any of"
                " . _ - @ ~",
            )


def _directories(instance: Instance, paths: HadoopPaths) -> tuple[str, ...]:
    """Made before any process needs them, so that storage that cannot be written is told at once."""
    by_process = {
        NAMENODE: paths.name_dirs,
        SECONDARY_NAMENODE: paths.checkpoint_dirs,
        DATANODE: paths.data_dirs,
        JOURNALNODE: (paths.journal_dir,),
        ZOOKEEPER_SERVER: (paths.zookeeper_dir,),
        NODEMANAGER: (*paths.local_dirs, *paths.log_dirs),
    }
    return tuple(path for process, found in by_process.items() if runs(instance, process) for path in found)
