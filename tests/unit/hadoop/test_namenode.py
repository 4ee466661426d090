"""Reading what a NameNode says; the samples were said by a real one of Hadoop 3.5.0 with four DataNodes."""

import json
from pathlib import Path
from typing import Any

import pytest

from serai.builtin_plugins.hadoop.addresses import Address, parsed_address
from serai.builtin_plugins.hadoop.namenode import NameNodeState, UnreadableNameNode, parse_namenode

CAPTURED = Path(__file__).with_name("captured")


def sample(name: str) -> bytes:
    """What a NameNode said."""
    return (CAPTURED / f"namenode-{name}.json").read_bytes()


def changed(which: str, bean: str, **fields: Any) -> bytes:
    """The same with other fields in a bean; None takes a field away."""
    document = json.loads(sample(which))
    found = next(each for each in document["beans"] if each["name"].endswith(f"name={bean}"))
    found.update(fields)
    for key in [key for key, value in fields.items() if value is None]:
        del found[key]
    return json.dumps(document).encode()


def states(state: NameNodeState) -> dict[str, tuple[bool, str]]:
    """Whether each DataNode is alive, and its state."""
    return {str(each.address): (each.alive, each.state) for each in state.datanodes}


def test_every_datanode_is_listed_with_its_state() -> None:
    """Those that leave are alive until they are stopped."""
    found = parse_namenode(sample("in-progress"))
    assert states(found) == {
        "10.77.0.1:9866": (True, "Decommission In Progress"),
        "10.77.0.2:9866": (True, "Decommission In Progress"),
        "10.77.0.3:9866": (True, "In Service"),
        "10.77.0.10:9866": (True, "In Service"),
    }
    assert found.left == {Address("10.77.0.1", 9866): 12, Address("10.77.0.2", 9866): 24}
    assert (found.role, found.safe_mode, found.blocks.under_replicated, found.blocks.missing) == ("active", "", 24, 0)


def test_a_dead_datanode_is_listed_as_such() -> None:
    """And is not among the live ones."""
    found = parse_namenode(sample("dead"))
    assert states(found)["10.77.0.3:9866"] == (False, "In Service")
    assert Address("10.77.0.3", 9866) not in found.live


def test_safe_mode_is_told_with_its_reason() -> None:
    """A NameNode that was just started lists as dead whom it expects."""
    found = parse_namenode(sample("safe-mode"))
    assert found.safe_mode.startswith("Safe mode is ON. The reported blocks 0 needs additional 23 blocks")
    assert found.live == frozenset()
    assert len(found.datanodes) == 4


def test_addresses_are_compared_as_a_whole() -> None:
    """Neither a prefix of a host nor another port is the DataNode meant."""
    found = parse_namenode(sample("decommissioned"))
    meant = found.find(Address("10.77.0.1", 9866))
    assert meant is not None
    assert meant.state == "Decommissioned"
    other = found.find(Address("10.77.0.10", 9866))
    assert other is not None
    assert other.state == "In Service"
    assert found.find(Address("10.77.0.1", 986)) is None


@pytest.mark.parametrize(
    ("bean", "fields"),
    [
        ("NameNodeInfo", {"LiveNodes": None}),
        ("NameNodeInfo", {"LiveNodes": {}}),
        ("NameNodeInfo", {"LiveNodes": "[]"}),
        ("NameNodeInfo", {"LiveNodes": '{"a": 1}'}),
        ("NameNodeInfo", {"LiveNodes": '{"a": {"xferaddr": "10.0.0.1"}}'}),
        ("NameNodeInfo", {"DeadNodes": "{"}),
        ("NameNodeInfo", {"NumberOfMissingBlocks": "0"}),
        ("NameNodeInfo", {"NumberOfMissingBlocks": -1}),
        ("NameNodeInfo", {"Safemode": None}),
        ("FSNamesystemState", {"LowRedundancyBlocks": True}),
        ("FSNamesystemState", {"PendingReconstructionBlocks": None}),
        ("FSNamesystemState", {"ReconstructionQueuesInitProgress": None}),
        ("ReplicatedBlocksState", {"LowRedundancyReplicatedBlocks": None}),
        ("ECBlockGroupsState", {"name": "another"}),
        ("NameNodeStatus", {"State": 1}),
    ],
    ids=str,
)
def test_anything_else_is_no_answer(bean: str, fields: dict[str, Any]) -> None:
    """A field that is missing or of another kind; a bean that is not there."""
    with pytest.raises(UnreadableNameNode) as error:
        parse_namenode(changed("in-progress", bean, **fields), "demo-master-1")
    assert (error.value.host, error.value.code) == ("demo-master-1", "HADOOP_UNREADABLE_NAMENODE")


def test_a_datanode_that_is_alive_and_dead_is_no_answer() -> None:
    """It died between the one list and the other: the next look tells."""
    dead = json.dumps(
        {"x": {"xferaddr": "10.77.0.1:9866", "adminState": "In Service", "decommissioned": False, "location": "/r"}}
    )
    with pytest.raises(UnreadableNameNode, match="listed twice"):
        parse_namenode(changed("in-service", "NameNodeInfo", DeadNodes=dead))


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_no_answer(answer: bytes) -> None:
    """However deep it is nested."""
    with pytest.raises(UnreadableNameNode):
        parse_namenode(answer)


@pytest.mark.parametrize("text", ["", "10.0.0.1", ":1", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "h:x", "h:-1"])
def test_what_is_no_address_is_none(text: str) -> None:
    """Neither half may be missing."""
    assert parsed_address(text) is None


def test_an_address_reads_as_it_is_written() -> None:
    """Hadoop writes an IPv6 address without brackets."""
    for address in (Address("10.0.0.1", 9866), Address("fe80::1", 1)):
        assert parsed_address(str(address)) == address
