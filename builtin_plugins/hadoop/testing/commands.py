"""What hosts in memory do when commands and scripts of the plugin run there: those of Hadoop's own programs."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

from serai.builtin_plugins.hadoop.formatting import LIST_CLUSTER_IDS, LIST_CURRENT
from serai.builtin_plugins.hadoop.testing.beans import Beans
from serai.builtin_plugins.hadoop.testing.hdfs import Hdfs, NameNode
from serai.builtin_plugins.hadoop.testing.namespaces import IMAGE, cluster_id, give, namespace_on
from serai.builtin_plugins.hadoop.testing.quorum import Quorum
from serai.builtin_plugins.hadoop.testing.reading import NO_FILE_SYSTEM, directories, namenode_addresses, properties
from serai.builtin_plugins.hadoop.testing.yarn import Yarn
from serai.hookspec.remote import CompletedCommand
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, said

_NAMENODE: Final = "org.apache.hadoop.hdfs.server.namenode.NameNode"
_ADMIN: Final = "org.apache.hadoop.hdfs.tools.DFSAdmin"
_PAIR_ADMIN: Final = "org.apache.hadoop.hdfs.tools.DFSHAAdmin"
_CONTROLLER: Final = "org.apache.hadoop.hdfs.tools.DFSZKFailoverController"
_YARN_ADMIN: Final = "org.apache.hadoop.yarn.client.cli.RMAdminCLI"
_EXISTS, _NOT_REACHED, _FAILED = 1, 255, 1
_STANDBY_EXISTS, _STANDBY_ALONE = 5, 2
"""Exit statuses: of formatting, of administration, and of ``BootstrapStandby``."""


class Commands:
    """Hadoop's programs on the hosts of a fleet.

    Args:
        fleet: the hosts.
        hdfs: its file system.
        beans: what is said of it.
        yarn: its YARN.
        quorum: its servers of ZooKeeper.
    """

    def __init__(self, fleet: Fleet, hdfs: Hdfs, beans: Beans, yarn: Yarn, quorum: Quorum) -> None:
        self._hdfs = hdfs
        self._beans = beans
        self._yarn = yarn
        self._quorum = quorum
        self._namespaces = count(1)
        fleet.answer(lambda asked: "-cp" in asked.argv, self._java)
        fleet.answer(["sh", "-c", LIST_CURRENT], lambda host, asked: said(_listing(host, asked.argv[4:])))
        fleet.answer(["sh", "-c", LIST_CLUSTER_IDS], lambda host, asked: said(_cluster_ids(host, asked.argv[4:])))

    def _java(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        main_class, *arguments = asked.argv[asked.argv.index("-cp") + 2 :]
        found = properties(host, asked.argv)
        if main_class == _ADMIN:
            return self._administer(found, arguments)
        if main_class == _YARN_ADMIN:
            reached = self._yarn.refresh(found, tuple(arguments))
            return said() if reached else said(stderr="refreshNodes: Connection refused", status=_NOT_REACHED)
        if main_class == _NAMENODE and "-format" in arguments:
            return self._format(host, found, arguments)
        if main_class == _NAMENODE and "-bootstrapStandby" in arguments:
            return self._copy(host, found, arguments)
        if main_class == _CONTROLLER and "-formatZK" in arguments:
            return said(status=self._quorum.make_place(found))
        if main_class == _PAIR_ADMIN and "-failover" in arguments:
            self._hdfs.fail_over(found, arguments[-1])
        return said()

    def _administer(self, found: Mapping[str, str], arguments: Sequence[str]) -> CompletedCommand:
        """Each NameNode that is meant must be reached: one by its address, else all that serve the file system."""
        if arguments[:1] == ["-fs"]:
            addresses = [arguments[1].removeprefix("hdfs://")]
        else:
            addresses = list(namenode_addresses(found).values())
        namenodes = [self._hdfs.reached(address) for address in addresses]
        if "-refreshNodes" in arguments:
            for each in namenodes:
                if each is not None:
                    self._hdfs.refresh(each)
        if not namenodes:
            return said(stderr=NO_FILE_SYSTEM, status=_NOT_REACHED)
        if None in namenodes:
            return said(stderr="Connection refused", status=_NOT_REACHED)
        told = [self._beans.report(each) for each in namenodes if each and "-report" in arguments]
        return said("".join(told[:1]))

    def _format(self, host: FleetHost, found: Mapping[str, str], arguments: Sequence[str]) -> CompletedCommand:
        paths = directories(found.get("dfs.namenode.name.dir", ""))
        if not namenode_addresses(found) or not paths:
            return said(stderr=NO_FILE_SYSTEM, status=_FAILED)
        journals = self._hdfs.journals.majority(found)
        if journals is None:
            return said(stderr="Unable to check if JNs are ready for formatting.", status=_FAILED)
        taken = cluster_id(host, paths) or any(cluster_id(at, [path]) for at, path in journals)
        if taken and "-force" not in arguments:
            return said(stderr="Running in non-interactive mode, and data appears to exist.", status=_EXISTS)
        namespace = f"CID-{next(self._namespaces)}"
        for at, path in ((host, path) for path in paths):
            give(at, [path], namespace, IMAGE)
        for at, path in journals:
            give(at, [path], namespace)
        return said()

    def _copy(self, host: FleetHost, found: Mapping[str, str], arguments: Sequence[str]) -> CompletedCommand:
        paths = directories(found.get("dfs.namenode.name.dir", ""))
        addresses = namenode_addresses(found)
        others = [address for name, address in addresses.items() if name != found.get("dfs.ha.namenode.id")]
        other: NameNode | None = next((each for each in map(self._hdfs.reached, others) if each), None)
        if other is None:
            return said(stderr="Unable to fetch namespace information from any remote NN.", status=_STANDBY_ALONE)
        if namespace_on(host, paths) and "-force" not in arguments:
            return said(stderr="data appears to exist", status=_STANDBY_EXISTS)
        give(host, paths, other.namespace, IMAGE)
        return said()


def _listing(host: FleetHost, paths: Sequence[str]) -> str:
    """Names in ``current`` of each directory, after that itself."""
    told = []
    for path in paths:
        current = f"{path}/current/"
        names = sorted({file[len(current) :].split("/")[0] for file in host.files if file.startswith(current)})
        told += [f"/{path}", *(["current", *names] if names else [])]
    return "".join(f"{line}\n" for line in told)


def _cluster_ids(host: FleetHost, paths: Sequence[str]) -> str:
    return "".join(f"clusterID={found}\n" for path in paths if (found := cluster_id(host, [path])))
