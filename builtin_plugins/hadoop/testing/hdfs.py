"""NameNodes and DataNodes on hosts in memory: who is a member, who leaves, and which NameNode is active."""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import define, field, frozen

from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.namenode import DECOMMISSIONED, DECOMMISSIONING, IN_SERVICE
from serai.builtin_plugins.hadoop.processes import DATANODE, FAILOVER_CONTROLLER, NAMENODE
from serai.builtin_plugins.hadoop.testing.namespaces import Journals, begin_edits, cluster_id, give, namespace_on
from serai.builtin_plugins.hadoop.testing.quorum import Quorum
from serai.builtin_plugins.hadoop.testing.reading import (
    NO_FILE_SYSTEM,
    directories,
    lines,
    namenode_addresses,
    names,
    port_of,
    properties,
)
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Fleet, FleetHost

HELD_BLOCKS: Final = "/held-blocks"
"""A file on hosts whose blocks no other DataNode takes."""
_HEARTBEAT: Final = 1.0
"""Seconds after which a DataNode that was started is heard of."""
INTERVAL: Final = 30.0
"""Seconds after which a NameNode looks whether DataNodes are drained, by Hadoop's own default."""


@frozen(eq=False)
class DataNode:
    """A DataNode that was started.

    Attributes:
        host: where.
        address: ``ip:port`` by which it is known.
        web: ``ip:port`` of its pages.
        namenodes: ``ip:port`` of those it reports to.
        data: its directories.
        begun: when it was started, by the fleet's clock.
    """

    host: FleetHost
    address: str
    web: str
    namenodes: frozenset[str]
    data: tuple[str, ...]
    begun: float


@define(eq=False)
class NameNode:
    """A NameNode that was started.

    Attributes:
        host: where.
        found: the properties it read.
        namespace: whose image it has.
        address: ``ip:port`` by which it is known.
        web: ``ip:port`` of its pages.
        registered: DataNodes that it knows, by address.
        included: who may be a member; everybody when empty.
        leaving: since when entries are to leave, by the fleet's clock.
    """

    host: FleetHost
    found: Mapping[str, str]
    namespace: str
    address: str
    web: str
    registered: dict[str, DataNode] = field(factory=dict)
    included: list[str] = field(factory=list)
    leaving: dict[str, float] = field(factory=dict)

    def read_lists(self, now: float) -> None:
        """Read the lists of members, as they are written at this moment."""
        self.included = lines(self.host, self.found.get("dfs.hosts", ""))
        excluded = lines(self.host, self.found.get("dfs.hosts.exclude", ""))
        self.leaving = {entry: self.leaving.get(entry, now) for entry in excluded}

    def admits(self, datanode: DataNode) -> bool:
        """Whether a DataNode may be a member."""
        return not self.included or names(self.included, datanode.host, port_of(datanode.address))


class Hdfs:
    """The NameNodes and DataNodes of a fleet. What is wrong with a file system may be set at any time.

    Args:
        fleet: the hosts.
        quorum: its servers of ZooKeeper.

    Attributes:
        journals: its JournalNodes.
        unheard: names of hosts that are not heard of, though what is on them may run.
    """

    def __init__(self, fleet: Fleet, quorum: Quorum) -> None:
        self.journals: Final = Journals(fleet)
        self.unheard: set[str] = set()
        self._fleet = fleet
        self._quorum = quorum
        self._namenodes: dict[str, NameNode] = {}
        self._datanodes: dict[str, DataNode] = {}
        self._active: dict[str, str] = {}
        fleet.begin(DAEMONS[NAMENODE].service, self._begin_namenode)
        fleet.begin(DAEMONS[DATANODE].service, self._begin_datanode)

    def namenode_on(self, host: FleetHost) -> NameNode:
        """The NameNode that runs on a host."""
        return self._namenodes[host.name]

    def reached(self, address: str) -> NameNode | None:
        """The NameNode that runs at ``ip:port``; None where none does."""
        return next((each for each in self.running() if each.address == address), None)

    def running(self) -> list[NameNode]:
        """The NameNodes that run."""
        return [each for each in self._namenodes.values() if _runs(each.host, NAMENODE)]

    def is_live(self, datanode: DataNode) -> bool:
        """Whether a DataNode is heard of."""
        host, has_spoken = datanode.host, self._fleet.clock.now() - datanode.begun >= _HEARTBEAT
        return has_spoken and _runs(host, DATANODE) and not host.is_cut_off and host.name not in self.unheard

    def state_of(self, namenode: NameNode, datanode: DataNode) -> str:
        """What a NameNode takes a DataNode for: one that is dead when it is to leave has left at once."""
        port = port_of(datanode.address)
        since = [moment for entry, moment in namenode.leaving.items() if names([entry], datanode.host, port)]
        if not since:
            return IN_SERVICE
        waits = HELD_BLOCKS in datanode.host.files or self._fleet.clock.now() - max(since) < INTERVAL
        return DECOMMISSIONING if waits and self.is_live(datanode) else DECOMMISSIONED

    def refresh(self, namenode: NameNode) -> None:
        """Have a NameNode read its lists again: who is in none of them is sent away."""
        namenode.read_lists(self._fleet.clock.now())
        for address, datanode in list(namenode.registered.items()):
            if not namenode.admits(datanode):
                del namenode.registered[address]
                self._end_unless_taken(datanode)

    def is_active(self, namenode: NameNode) -> bool:
        """Whether a NameNode serves: one that is alone does, and of two the one that came first, while it runs."""
        service = namenode.found.get("dfs.nameservices")
        if not service:
            return True
        pair = [each for each in self.running() if each.namespace == namenode.namespace]
        if self._active.get(service) not in [each.address for each in pair]:
            able = (each.address for each in pair if self._may_take_over(each))
            self._active[service] = next(able, "")
        return self._active[service] == namenode.address

    def fail_over(self, found: Mapping[str, str], wanted: str) -> None:
        """Have one of two NameNodes, by its id, be the active one."""
        self._active[found["dfs.nameservices"]] = namenode_addresses(found)[wanted]

    def _may_take_over(self, namenode: NameNode) -> bool:
        servers = self._quorum.serving(namenode.found.get("ha.zookeeper.quorum", ""))
        return _runs(namenode.host, FAILOVER_CONTROLLER) and bool(servers)

    def _begin_namenode(self, host: FleetHost, service: Service) -> str:
        found = properties(host, service.argv)
        if not (addresses := namenode_addresses(found)):
            return NO_FILE_SYSTEM
        own, paths = found.get("dfs.ha.namenode.id", ""), directories(found.get("dfs.namenode.name.dir", ""))
        if not (namespace := namespace_on(host, paths)):
            return "NameNode is not formatted."
        if (journals := self.journals.majority(found)) is None:
            return "recoverUnfinalizedSegments failed for required journal: too few JournalNodes answer"
        webs = namenode_addresses(found, "dfs.namenode.http-address")
        namenode = NameNode(host, found, namespace, addresses[own], webs[own])
        namenode.read_lists(self._fleet.clock.now())
        for at, each in ((host, path) for path in paths):
            begin_edits(at, [each])
        for at, each in journals:
            begin_edits(at, [each])
        self._namenodes[host.name] = namenode
        for datanode in self._reporting_to(namenode):
            if self._refusal(namenode, datanode):
                self._end_unless_taken(datanode)
        return ""

    def _end_unless_taken(self, datanode: DataNode) -> None:
        """It ends where no NameNode that it knows has it as a member."""
        if not any(each.registered.get(datanode.address) is datanode for each in self.running()):
            datanode.host.processes.end(DAEMONS[DATANODE].service, 1)

    def _reporting_to(self, namenode: NameNode) -> Iterator[DataNode]:
        for datanode in self._datanodes.values():
            if _runs(datanode.host, DATANODE) and namenode.address in datanode.namenodes:
                yield datanode

    def _begin_datanode(self, host: FleetHost, service: Service) -> str:
        found = properties(host, service.argv)
        if not (addresses := namenode_addresses(found)):
            return NO_FILE_SYSTEM
        address, web = found.get("dfs.datanode.address", ""), found.get("dfs.datanode.http.address", "")
        data = tuple(directories(found.get("dfs.datanode.data.dir", "")))
        known, now = frozenset(addresses.values()), self._fleet.clock.now()
        datanode = DataNode(host, address, web, known, data, now)
        self._datanodes[host.name] = datanode
        met = [each for each in self.running() if each.address in datanode.namenodes]
        refusals = [self._refusal(each, datanode) for each in met]
        return refusals[0] if refusals and all(refusals) else ""

    def _refusal(self, namenode: NameNode, datanode: DataNode) -> str:
        """Why a NameNode does not take a DataNode that comes; ``""`` where it does."""
        if not namenode.admits(datanode):
            return f"Datanode denied communication with namenode: {datanode.address} is not in the include-list"
        own = cluster_id(datanode.host, datanode.data)
        if own and own != namenode.namespace:
            return f"Incompatible clusterIDs: namenode clusterID = {namenode.namespace}; datanode clusterID = {own}"
        give(datanode.host, datanode.data, namenode.namespace)
        namenode.registered[datanode.address] = datanode
        return ""


def _runs(host: FleetHost, process: str) -> bool:
    return host.processes.status(DAEMONS[process].service).is_running
