"""What a NameNode says of itself, its DataNodes and its blocks, read strictly: what cannot be read proves nothing.

Of its beans those are read that it computes when it is asked: what ``FSNamesystem`` says is up to ten seconds old.
See https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-common/Metrics.html.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop.addresses import Address, namenode_url, parsed_address
from serai.builtin_plugins.hadoop.processes import NAMENODE
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance

IN_SERVICE: Final = "In Service"
DECOMMISSIONING: Final = "Decommission In Progress"
DECOMMISSIONED: Final = "Decommissioned"
ACTIVE: Final = "active"

_BEANS: Final = "Hadoop:service=NameNode,name="


class UnreadableNameNode(RemoteError):
    """What answered said something that a NameNode does not say. Like no answer, it may be better the next time."""

    code = "HADOOP_UNREADABLE_NAMENODE"


@frozen
class ListedDataNode:
    """A DataNode as the NameNode lists it.

    Attributes:
        address: what tells it from every other.
        alive: whether it was heard of lately.
        state: ``In Service``, ``Decommission In Progress``, ``Decommissioned`` or one of maintenance.
        rack: where it stands, to the NameNode's knowledge.
        remaining: bytes free for blocks; 0 of one that is dead.
        capacity: bytes for blocks in all; 0 of one that is dead.
    """

    address: Address
    alive: bool
    state: str
    rack: str
    remaining: int = 0
    capacity: int = 0


@frozen
class Blocks:
    """How many blocks are in want of something.

    Attributes:
        missing: have no replica left.
        under_replicated: have fewer replicas than their file asks for.
        pending: are being copied just now.
        counted: whether the NameNode has looked at all of them since it was started.
    """

    missing: int
    under_replicated: int
    pending: int
    counted: bool = True


@frozen
class NameNodeState:
    """What a NameNode knows at one moment.

    Attributes:
        role: ``active`` or ``standby``.
        safe_mode: why nothing can be written; ``""`` when everything can.
        datanodes: those that it lists, each once.
        blocks: of all files.
        left: blocks that each DataNode in decommission still has to see copied; in no moment the proof of an end.
    """

    role: str
    safe_mode: str
    datanodes: tuple[ListedDataNode, ...]
    blocks: Blocks
    left: dict[Address, int]

    def find(self, address: Address) -> ListedDataNode | None:
        """The DataNode at an address, by equality."""
        return next((each for each in self.datanodes if each.address == address), None)

    @property
    def live(self) -> frozenset[Address]:
        """The addresses of those that are alive."""
        return frozenset(each.address for each in self.datanodes if each.alive)


def active_namenode(cluster: Cluster, *, timeout: float = 10.0) -> tuple[Instance, NameNodeState]:
    """The instance whose NameNode is active, and what that says.

    Args:
        cluster: the cluster.
        timeout: seconds for each NameNode.

    Raises:
        RemoteError: none answers as the active one, or (UnreadableNameNode) what does is no NameNode.
    """
    failure = RemoteError("no NameNode is active", code="HADOOP_NO_ACTIVE_NAMENODE", place=cluster.name)
    for instance in cluster.instances_with(NAMENODE):
        try:
            state = ask_namenode(instance, timeout=timeout)
        except RemoteError as error:
            failure = error
            continue
        if state.role == ACTIVE:
            return instance, state
    raise failure


def ask_namenode(instance: Instance, *, timeout: float = 10.0) -> NameNodeState:
    """Ask a NameNode, from its own machine.

    Args:
        instance: whose.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or (UnreadableNameNode) is no NameNode.
    """
    answer = instance.remote.http(f"{namenode_url(instance)}/jmx?qry={_BEANS}*", timeout=timeout)
    return parse_namenode(answer, instance.instance_name)


def parse_namenode(answer: bytes, host: str = "") -> NameNodeState:
    """Read a NameNode's beans.

    Args:
        answer: what ``/jmx`` said.
        host: who said it, for the error.

    Raises:
        UnreadableNameNode: it is anything else, or contradicts itself.
    """
    document = read_answer(answer, lambda what: _unreadable(host, what))
    beans = {bean.field("name", str): bean for bean in document.items("beans")}
    info = _bean(document, beans, "NameNodeInfo")
    numbers = _bean(document, beans, "FSNamesystemState")
    return NameNodeState(
        role=_bean(document, beans, "NameNodeStatus").field("State", str),
        safe_mode=info.field("Safemode", str),
        datanodes=_datanodes(info),
        blocks=Blocks(
            missing=info.count("NumberOfMissingBlocks"),
            under_replicated=max(numbers.count("LowRedundancyBlocks"), _low_redundancy(document, beans)),
            pending=numbers.count("PendingReconstructionBlocks"),
            counted=_is_counted(numbers),
        ),
        left={_address(item): item.count("underReplicatedBlocks") for item in info.encoded("DecomNodes").values()},
    )


def _bean(document: Answer, beans: dict[str, Answer], name: str) -> Answer:
    bean = beans.get(f"{_BEANS}{name}")
    if bean is None:
        raise document.unreadable(f"there is no {name}")
    return bean


def _low_redundancy(document: Answer, beans: dict[str, Answer]) -> int:
    """Counted now; what ``FSNamesystemState`` says was counted when the NameNode last looked after blocks."""
    replicated = _bean(document, beans, "ReplicatedBlocksState").count("LowRedundancyReplicatedBlocks")
    return replicated + _bean(document, beans, "ECBlockGroupsState").count("LowRedundancyECBlockGroups")


def _is_counted(numbers: Answer) -> bool:
    """Of a file system that was empty when the NameNode was started, the progress of counting stays 0."""
    return numbers.field("ReconstructionQueuesInitProgress", float) in (0.0, 1.0)


def _datanodes(info: Answer) -> tuple[ListedDataNode, ...]:
    listed = [*_live(info.encoded("LiveNodes")), *_dead(info.encoded("DeadNodes"))]
    if len({each.address for each in listed}) != len(listed):
        raise info.unreadable("a DataNode is listed twice")
    return tuple(listed)


def _live(nodes: Answer) -> Iterator[ListedDataNode]:
    for item in nodes.values():
        sizes = (item.count("remaining"), item.count("capacity"))
        yield ListedDataNode(_address(item), True, item.field("adminState", str), item.field("location", str), *sizes)


def _dead(nodes: Answer) -> Iterator[ListedDataNode]:
    for item in nodes.values():
        state = item.field("adminState", str)
        if item.field("decommissioned", bool) != (state == DECOMMISSIONED):
            raise item.unreadable("'decommissioned' and 'adminState' disagree")
        yield ListedDataNode(_address(item), False, state, item.field("location", str))


def _address(item: Answer) -> Address:
    address = parsed_address(item.field("xferaddr", str))
    if address is None:
        raise item.unreadable("'xferaddr' is no address")
    return address


def _unreadable(host: str, what: str) -> UnreadableNameNode:
    return UnreadableNameNode(
        f"what answered cannot be read as a NameNode's: {what}",
        host=host,
        hint="see whether something else listens on the port of dfs.namenode.http-address",
    )
