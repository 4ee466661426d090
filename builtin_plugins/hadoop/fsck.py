"""HDFS's own check of all files, read strictly: which blocks are in want of replicas that nobody could keep.

A file may ask for more replicas than there are DataNodes, as TeraSort's list of partitions does for ten. The NameNode
counts its blocks among those in want of replicas for ever. See
https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/HDFSCommands.html#fsck.
"""

import re
from typing import Final
from urllib.parse import quote

from serai.builtin_plugins.hadoop.addresses import namenode_url
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance

_BLOCK: Final = re.compile(
    r"^/.*:  Under replicated \S+\. Target Replicas is ([0-9]+) but found ([0-9]+) live replica\(s\),"
    r" [0-9]+ decommissioned replica\(s\), [0-9]+ decommissioning replica\(s\)\.\s*$",
    re.MULTILINE,
)
"""One line for each block; file names may have anything in them."""
_END: Final = re.compile(r"^The filesystem under path '/' is (HEALTHY|CORRUPT)", re.MULTILINE)
_TIMEOUT: Final = 300.0
"""Seconds: it looks at every file."""


class UnreadableFsck(RemoteError):
    """What answered is no whole answer of the check. Like no answer, it may be better the next time."""

    code = "HADOOP_UNREADABLE_FSCK"


def count_unmeetable(namenode: Instance, datanodes: int) -> int:
    """Ask a NameNode, from its own machine, how many blocks want replicas and have one on as many nodes as there are.

    Args:
        namenode: the instance of the active one.
        datanodes: how many are in service.

    Raises:
        RemoteError: it does not answer, or (UnreadableFsck) not to the end.
    """
    url = f"{namenode_url(namenode)}/fsck?ugi={quote(namenode.remote.facts.user)}&path=/"
    return unmeetable(namenode.remote.http(url, timeout=_TIMEOUT), datanodes, namenode.instance_name)


def unmeetable(answer: bytes, datanodes: int, host: str = "") -> int:
    """Read it.

    Args:
        answer: what ``/fsck`` said.
        datanodes: how many are in service.
        host: who said it, for the error.

    Raises:
        UnreadableFsck: it is anything else, or breaks off.
    """
    text = answer.decode("utf-8", "replace")
    if not _END.search(text):
        raise UnreadableFsck(
            "what answered cannot be read as HDFS's check of its files",
            host=host,
            hint="see what 'hdfs fsck /' says there",
        )
    return sum(int(wanted) > int(live) >= datanodes for wanted, live in _BLOCK.findall(text))
