"""Formatting HDFS: once in the life of a cluster.

A name directory that was formatted has ``current/VERSION`` and an image (``fsimage_<transaction>``). Formatting writes
them in this order, see ``FSImage.format`` in Hadoop, and no NameNode starts without an image: where there is none, and
no edits either, nothing was ever kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from serai.builtin_plugins.hadoop.components import is_highly_available
from serai.builtin_plugins.hadoop.daemons import hadoop_command, hadoop_environment
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.processes import DATANODE, JOURNALNODE
from serai.builtin_plugins.hadoop.topology import nameservice
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_NAMENODE: Final = "org.apache.hadoop.hdfs.server.namenode.NameNode"
_TIMEOUT: Final = 300.0
_IMAGE: Final = re.compile(r"fsimage_[0-9]+")
LIST_CURRENT: Final = """
for directory do
    echo "/$directory"
    [ ! -d "$directory/current" ] || { echo current; ls -A "$directory/current"; }
done
"""
"""A script that says what is in directories; see :func:`listings`."""
LIST_CLUSTER_IDS: Final = """
for directory do
    [ ! -f "$directory/current/VERSION" ] || grep '^clusterID=' "$directory/current/VERSION"
done
"""
"""One that says which namespaces the blocks in directories are of: ``clusterID=…`` each."""


class LostNamespace(SeraiError):
    """Blocks or edits are there whose namespace is not: formatting would make that final."""

    code = "HDFS_NAMESPACE_LOST"


class State(Enum):
    """Of name directories taken together."""

    BLANK = "blank"
    HALF = "half"
    """Formatting began, and did not end."""
    FORMATTED = "formatted"


def format_once(cluster: Cluster, namenode: Instance, run: Run) -> None:
    """Format HDFS unless it is.

    Args:
        cluster: the cluster, configured.
        namenode: the instance whose name directories are meant.
        run: the operation.

    Raises:
        LostNamespace: there are edits without an image, or DataNodes have blocks, or JournalNodes edits, of a namespace
            that is not there.
        HostsFailed: it could not be formatted.
    """
    state = state_on(namenode)
    if state is State.FORMATTED:
        return
    _refuse_foreign_blocks(cluster, run)
    _refuse_foreign_edits(cluster, run)
    # Of JournalNodes some may have been made ready, by a formatting that was interrupted: they hold no edits.
    again = state is State.HALF or is_highly_available(cluster)
    run.each([namenode], lambda instance: _format(instance, again=again), step="Format HDFS")


def state_on(namenode: Instance) -> State:
    """What the name directories of an instance tell; raises what :func:`state_of` raises."""
    listing = namenode.remote.script(LIST_CURRENT, *hadoop_paths(namenode).name_dirs).stdout
    return state_of(listings(listing).values(), namenode.instance_name)


def listings(text: str) -> Mapping[str, Sequence[str]]:
    """What ``current`` of each name directory holds, itself first; nothing where it does not exist.

    Args:
        text: a line with a further slash before each directory, followed by one for each name.
    """
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line.startswith("/"):
            found[line[1:]] = names = []
        else:
            names.append(line)
    return found


def state_of(directories: Iterable[Sequence[str]], host: str) -> State:
    """What name directories tell.

    Args:
        directories: the names in each, as of :func:`listings`.
        host: the instance's name.

    Raises:
        LostNamespace: there are edits, and no image.
    """
    states = {_state(names) for names in directories}
    if State.FORMATTED in states:
        return State.FORMATTED
    if None in states:
        raise LostNamespace(
            "the name directories hold edits, and no image they belong to",
            place=host,
            hint="restore an image (fsimage_…) from a checkpoint into a name directory's 'current', then retry",
        )
    return State.HALF if State.HALF in states else State.BLANK


def _state(names: Sequence[str]) -> State | None:
    """None for edits without an image."""
    if not names:
        return State.BLANK
    if any(_IMAGE.fullmatch(name) for name in names) and "VERSION" in names:
        return State.FORMATTED
    return None if any(name.startswith("edits_") for name in names) else State.HALF


def _refuse_foreign_blocks(cluster: Cluster, run: Run) -> None:
    def look(instance: Instance) -> Iterator[str]:
        found = instance.remote.script(LIST_CLUSTER_IDS, *hadoop_paths(instance).data_dirs).stdout
        return (f"{instance.instance_name} of {line.partition('=')[2]}" for line in sorted(set(found.splitlines())))

    instances = cluster.instances_with(DATANODE)
    if blocks := [each for some in run.each(instances, look, step="Look for blocks") for each in some]:
        raise LostNamespace(
            f"HDFS is not formatted, and DataNodes have blocks already: {', '.join(blocks)}",
            place=cluster.name,
            hint="restore the name directories; if nobody needs those blocks, empty the directories hdfs/data of the"
            " storage, then retry",
        )


def _refuse_foreign_edits(cluster: Cluster, run: Run) -> None:
    def has_edits(instance: Instance) -> bool:
        journal = f"{hadoop_paths(instance).journal_dir}/{nameservice(cluster)}"
        listing = instance.remote.script(LIST_CURRENT, journal).stdout
        return any(name.startswith("edits_") for name in listings(listing)[journal])

    instances = cluster.instances_with(JOURNALNODE)
    found = run.each(instances, has_edits, step="Look for edits") if instances else []
    if names := [each.instance_name for each, has in zip(instances, found, strict=True) if has]:
        raise LostNamespace(
            f"no NameNode has an image, and JournalNodes have edits already: {', '.join(names)}",
            place=cluster.name,
            hint="restore the name directories of a NameNode; if nobody needs those edits, empty the directories"
            " hdfs/journal of the storage, then retry",
        )


def _format(namenode: Instance, *, again: bool) -> None:
    force = ("-force",) if again else ()
    command = hadoop_command(namenode, _NAMENODE, "-format", *force, "-nonInteractive")
    namenode.remote.run(*command, env=hadoop_environment(namenode), timeout=_TIMEOUT)
