"""What NameNodes and DataNodes on hosts in memory say in their beans."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from serai.builtin_plugins.hadoop.namenode import DECOMMISSIONED, DECOMMISSIONING, IN_SERVICE
from serai.builtin_plugins.hadoop.testing.hdfs import HELD_BLOCKS, Hdfs, NameNode
from serai.hookspec.testing.fleet import FleetHost

Bean = dict[str, Any]

_NAMENODE: Final = "Hadoop:service=NameNode,name="
_DATANODE: Final = "Hadoop:service=DataNode,name="
_BLOCKS: Final = 7
"""That are on a DataNode which cannot be drained, and nowhere else."""
_IN_A_REPORT: Final = {
    IN_SERVICE: "Normal",
    DECOMMISSIONING: "Decommission in progress",
    DECOMMISSIONED: "Decommissioned",
}
_RACK: Final = "/default-rack"


class Beans:
    """The beans of a fleet's NameNodes and DataNodes. What is wrong with blocks may be set at any time.

    Args:
        hdfs: the fleet's.

    Attributes:
        missing: blocks with no replica left.
        under_replicated: blocks with too few.
        safe_mode: why nothing can be written; ``""`` where everything can.
    """

    def __init__(self, hdfs: Hdfs) -> None:
        self.missing = 0
        self.under_replicated = 0
        self.safe_mode = ""
        self._hdfs = hdfs

    def answer(self, url: str, namenode: NameNode) -> str:
        """What ``/jmx`` says: the beans that are asked for, by name or by the beginning of it."""
        wanted = parse_qs(urlsplit(url).query).get("qry", ["*"])[0]
        named: list[Bean] = [{"name": f"{_NAMENODE}{name}", **bean} for name, bean in self._beans(namenode).items()]
        return json.dumps({"beans": [bean for bean in named if _fits(bean["name"], wanted)]})

    def of_datanode(self, host: FleetHost) -> str:
        """What ``/jmx`` of a host's DataNode says: with which NameNodes it is registered."""
        actors = [
            {"NamenodeAddress": each.address, "ActorState": "RUNNING"}
            for each in self._hdfs.running()
            if host in [datanode.host for datanode in each.registered.values()]
        ]
        return json.dumps({"beans": [{"name": f"{_DATANODE}DataNodeInfo", "BPServiceActorInfo": json.dumps(actors)}]})

    def report(self, namenode: NameNode) -> str:
        """What ``hdfs dfsadmin -report`` prints, in short."""
        told = [f"Under replicated blocks: {self.under_replicated}", f"Missing blocks: {self.missing}"]
        for title, nodes in (("Live", self._live(namenode)), ("Dead", self._dead(namenode))):
            told += ["", f"{title} datanodes ({len(nodes)}):"] if nodes else []
            for address, each in nodes.items():
                told += ["", f"Name: {address} (host)", f"Decommission Status : {_IN_A_REPORT[each['adminState']]}"]
        return "\n".join(told)

    def _beans(self, namenode: NameNode) -> Mapping[str, Bean]:
        live, dead = self._live(namenode), self._dead(namenode)
        leaving: dict[str, Bean] = {
            address: {"xferaddr": address, "location": _RACK, "underReplicatedBlocks": self._left(namenode, address)}
            for address, each in live.items()
            if each["adminState"] == DECOMMISSIONING
        }
        wanting = self.under_replicated + sum(each["underReplicatedBlocks"] for each in leaving.values())
        return {
            "NameNodeStatus": {"State": "active" if self._hdfs.is_active(namenode) else "standby"},
            "NameNodeInfo": {
                "ClusterId": namenode.namespace,
                "Safemode": self.safe_mode,
                "NumberOfMissingBlocks": self.missing,
                "LiveNodes": json.dumps(live),
                "DeadNodes": json.dumps(dead),
                "DecomNodes": json.dumps(leaving),
            },
            "FSNamesystemState": {
                "LowRedundancyBlocks": wanting,
                "PendingReconstructionBlocks": 0,
                "ReconstructionQueuesInitProgress": 0.0,
            },
            "ReplicatedBlocksState": {"LowRedundancyReplicatedBlocks": wanting},
            "ECBlockGroupsState": {"LowRedundancyECBlockGroups": 0},
        }

    def _left(self, namenode: NameNode, address: str) -> int:
        return _BLOCKS if HELD_BLOCKS in namenode.registered[address].host.files else 0

    def _live(self, namenode: NameNode) -> dict[str, Bean]:
        return {
            address: {
                "infoAddr": datanode.web,
                "xferaddr": address,
                "location": _RACK,
                "adminState": self._hdfs.state_of(namenode, datanode),
                "capacity": 10 * 2**30,
                "remaining": 5 * 2**30,
            }
            for address, datanode in namenode.registered.items()
            if self._hdfs.is_live(datanode)
        }

    def _dead(self, namenode: NameNode) -> dict[str, Bean]:
        """Those that are not heard of any more, and those that were to come and did not."""
        gone = {
            address: _buried(address, self._hdfs.state_of(namenode, datanode))
            for address, datanode in namenode.registered.items()
            if not self._hdfs.is_live(datanode)
        }
        known = {entry for each in namenode.registered.values() for entry in (each.address, each.host.address)}
        awaited = [entry for entry in namenode.included if ":" in entry and entry not in known]
        states = {True: DECOMMISSIONED, False: IN_SERVICE}
        return {**gone, **{entry: _buried(entry, states[entry in namenode.leaving]) for entry in awaited}}


def _buried(address: str, state: str) -> Bean:
    left = {"decommissioned": state == DECOMMISSIONED, "adminState": state}
    return {"xferaddr": address, "location": _RACK, **left}


def _fits(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
