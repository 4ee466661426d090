"""What is on disks of hosts in memory: images of a namespace, its edits, and whose blocks a DataNode has."""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.processes import JOURNALNODE
from serai.builtin_plugins.hadoop.testing.reading import properties, written
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Fleet, FleetHost

IMAGE: Final = "fsimage_0000000000000000000"
_EDITS: Final = "edits_inprogress_0000000000000000001"
_SERVICE: Final = DAEMONS[JOURNALNODE].service
_CLUSTER_ID: Final = re.compile(r"^clusterID=(\S+)$", re.MULTILINE)

Journal = tuple[FleetHost, str]
"""A JournalNode that runs: its host, and the directory of a namespace on it."""


def namespace_on(host: FleetHost, paths: Sequence[str]) -> str:
    """The namespace whose image is in one of some name directories, by its cluster id; ``""`` where there is none."""
    return next((cluster_id(host, [path]) for path in paths if f"{path}/current/{IMAGE}" in host.files), "")


def cluster_id(host: FleetHost, paths: Sequence[str]) -> str:
    """Which namespace directories belong to; ``""`` for none yet."""
    for path in paths:
        file = host.files.get(f"{path}/current/VERSION")
        if file is not None and (match := _CLUSTER_ID.search(file.content.decode())):
            return match[1]
    return ""


def give(host: FleetHost, paths: Sequence[str], namespace: str, *more: str) -> None:
    """Have directories belong to a namespace, with further files that are empty."""
    for path in paths:
        host.files[f"{path}/current/VERSION"] = written(f"clusterID={namespace}\n")
        host.files.update({f"{path}/current/{name}": written("") for name in more})


def begin_edits(host: FleetHost, paths: Sequence[str]) -> None:
    """Write as a NameNode does once it has started."""
    host.files.update({f"{path}/current/{_EDITS}": written("") for path in paths})


class Journals:
    """The JournalNodes of a fleet.

    Args:
        fleet: the hosts.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._started: dict[str, Mapping[str, str]] = {}
        fleet.begin(_SERVICE, self._begin)

    def majority(self, found: Mapping[str, str]) -> list[Journal] | None:
        """The journals that run of those that NameNodes share; None where they are too few to write to.

        Args:
            found: the properties of a NameNode; where it shares nothing, there are none.
        """
        shared = found.get("dfs.namenode.shared.edits.dir")
        if not shared:
            return []
        addresses, service = urlsplit(shared).netloc.split(";"), urlsplit(shared).path.strip("/")
        up = [
            (host, f"{self._started[name]['dfs.journalnode.edits.dir']}/{service}")
            for name, host in self._fleet.hosts.items()
            if host.processes.status(_SERVICE).is_running
            and self._started[name].get("dfs.journalnode.rpc-address") in addresses
        ]
        return up if 2 * len(up) > len(addresses) else None

    def _begin(self, host: FleetHost, service: Service) -> str:
        self._started[host.name] = properties(host, service.argv)
        return "" if self._started[host.name].get("dfs.journalnode.edits.dir") else "no directory for edits"
