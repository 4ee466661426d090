"""How hosts with Hadoop answer, for the conformance suite: as real ones do, by what runs and what is written there."""

import platform
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.processes import DATANODE, NAMENODE, NODEMANAGER
from serai.builtin_plugins.hadoop.testing.beans import Beans
from serai.builtin_plugins.hadoop.testing.commands import Commands
from serai.builtin_plugins.hadoop.testing.hdfs import HELD_BLOCKS, Hdfs
from serai.builtin_plugins.hadoop.testing.quorum import Quorum
from serai.builtin_plugins.hadoop.testing.webhdfs import Files, refused
from serai.builtin_plugins.hadoop.testing.yarn import HELD_CONTAINERS, Yarn
from serai.hookspec.facts import JavaRuntime
from serai.hookspec.services import Service
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, StoredFile, VirtualClock
from serai.hookspec.testing.fleet.fleet import FACTS

SMALLEST: Final = {("namenode", "datanode"): 1}
FILES_ALONE: Final = {"namenode": 1, "datanode": 3}
COMPUTING_ALONE: Final = {("namenode", "datanode", "resourcemanager"): 1, "nodemanager": 1}
FULL: Final = {
    ("namenode", "secondarynamenode", "resourcemanager", "historyserver"): 1,
    ("datanode", "nodemanager"): 3,
}
"""What most clusters are like: masters on one machine, workers on others."""
PAIR: Final = {
    ("namenode", "zkfc", "journalnode", "zookeeper"): 2,
    ("journalnode", "zookeeper", "resourcemanager"): 1,
    ("datanode", "nodemanager"): 3,
}
"""Two NameNodes, and all they need."""


@frozen(eq=False)
class Hadoop:
    """Hadoop on the hosts of a fleet, wherever its processes are started there.

    Attributes:
        fleet: the hosts.
        hdfs: the NameNodes and DataNodes.
        beans: what NameNodes say of blocks.
        files: what is in HDFS.
        yarn: the ResourceManagers and NodeManagers.
    """

    fleet: Fleet
    hdfs: Hdfs
    beans: Beans
    files: Files
    yarn: Yarn

    @classmethod
    def on(cls, fleet: Fleet) -> "Hadoop":
        """Have it on hosts."""
        quorum = Quorum(fleet)
        hdfs = Hdfs(fleet, quorum)
        beans = Beans(hdfs)
        found = cls(fleet, hdfs, beans, Files(hdfs, beans), Yarn(fleet, hdfs))
        Commands(fleet, hdfs, beans, found.yarn, quorum)
        fleet.serve(DAEMONS[NAMENODE].service, found.namenode_says)
        fleet.serve(DAEMONS[DATANODE].service, found.datanode_says)
        return found

    def namenode_says(self, host: FleetHost, service: Service, asked: Asked) -> str:
        """What a NameNode answers to HTTP: of itself, of a file, or of all."""
        method, url = asked.argv
        namenode, parts = self.hdfs.namenode_on(host), urlsplit(url)
        if parts.netloc != namenode.web:
            raise refused(url, 404, "It looks like you are making an HTTP request to a Hadoop IPC port.")
        match parts.path.split("/")[1]:
            case "jmx":
                return self.beans.answer(url, namenode)
            case "fsck":
                return self.files.checked()
            case "webhdfs":
                return self.files.ask(namenode, method, url)
        raise refused(url, 404, "Not Found")

    def datanode_says(self, host: FleetHost, service: Service, asked: Asked) -> str:
        """What a DataNode answers to HTTP: how it stands with NameNodes, or what is in a file."""
        method, url = asked.argv
        if urlsplit(url).path == "/jmx":
            return self.beans.of_datanode(host)
        return self.files.transfer(method, url, asked.stdin)


def hadoop_fleet() -> Fleet:
    """Hosts with a Java, on which Hadoop can be installed, and runs."""
    java = JavaRuntime("/usr/lib/jvm/java-17", "17.0.15")
    facts = evolve(FACTS, java=java, architecture=platform.machine(), memory_mb=16384)
    return Hadoop.on(Fleet(clock=VirtualClock(), facts=facts)).fleet


def hold(fleet: Fleet, name: str) -> None:
    """Have blocks on a host that no other DataNode takes, and a container there that does not end."""
    hold_blocks(fleet, name)
    hold_containers(fleet, name)


def hold_blocks(fleet: Fleet, name: str) -> None:
    """Have blocks alone on it."""
    fleet.host(name).files[HELD_BLOCKS] = StoredFile(b"", 0o644, "")


def hold_containers(fleet: Fleet, name: str) -> None:
    """Have a container alone on it."""
    fleet.host(name).files[HELD_CONTAINERS] = StoredFile(b"", 0o644, "")


TESTING: Final = Testing(
    fleet=hadoop_fleet,
    hold=hold,
    monotone=(DATANODE, NODEMANAGER),
    topologies=(SMALLEST, COMPUTING_ALONE, FILES_ALONE, FULL, PAIR),
    max_instances=8,
)
