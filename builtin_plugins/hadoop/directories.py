"""The directories in HDFS that YARN, MapReduce and users expect."""

from typing import Final

from serai.builtin_plugins.hadoop.namenode import active_namenode
from serai.builtin_plugins.hadoop.webhdfs import WebHdfs
from serai.hookspec.objects import Cluster

_OPEN_TO_ALL: Final = "1777"
"""Everyone may make something there, and nobody remove what is another's."""
_TEMPORARY: Final = "/tmp"  # noqa: S108 - in HDFS
_DIRECTORIES: Final = {
    _TEMPORARY: _OPEN_TO_ALL,
    f"{_TEMPORARY}/hadoop-yarn": "755",
    f"{_TEMPORARY}/hadoop-yarn/staging": _OPEN_TO_ALL,
    f"{_TEMPORARY}/logs": _OPEN_TO_ALL,
    "/user": "755",
}
"""Permissions by path. The history server makes its own directories below these."""


def make_directories(cluster: Cluster) -> None:
    """Make them, with the permissions they need; those that are there stay.

    Args:
        cluster: the cluster, its HDFS out of safe mode.
    """
    namenode, _ = active_namenode(cluster)
    files, user = WebHdfs(namenode), namenode.remote.facts.user
    for path, permission in {**_DIRECTORIES, f"/user/{user}": "755"}.items():
        files.make_directory(path, permission)
