"""Whatever a NameNode or ResourceManager says: it is read or refused, and only evidence proves a drain."""

import json
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.addresses import Address, parsed_address
from serai.builtin_plugins.hadoop.decommissioning import is_drained
from serai.builtin_plugins.hadoop.namenode import (
    Blocks,
    ListedDataNode,
    NameNodeState,
    UnreadableNameNode,
    parse_namenode,
)
from serai.builtin_plugins.hadoop.resourcemanager import (
    UnreadableResourceManager,
    parse_nodemanagers,
    parse_resourcemanager,
)

CAPTURED = Path(__file__).parent.parent / "unit" / "hadoop" / "captured"
STATES = ("In Service", "Decommission In Progress", "Decommissioned", "In Maintenance")
ADDRESSES = st.sampled_from([Address(f"10.0.0.{number}", port) for number in (1, 10, 11, 100) for port in (986, 9866)])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoiled(draw: st.DrawFn, pattern: str) -> bytes:
    """What a master said, with some value somewhere in it replaced or taken away."""
    name = draw(st.sampled_from(sorted(path.name for path in CAPTURED.glob(pattern))))
    document = json.loads((CAPTURED / name).read_bytes())
    place: Any = document
    for _ in range(draw(st.integers(1, 4))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()) or not isinstance(place[key], dict | list):
            place[key] = draw(anything)
            break
        place = place[key]
    return json.dumps(document).encode()


@given(spoiled("namenode-*.json") | st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_a_namenode_is_read_or_refused(answer: bytes) -> None:
    """Nothing else is raised, and what is read adds up."""
    try:
        state = parse_namenode(answer)
    except UnreadableNameNode:
        return
    assert len({each.address for each in state.datanodes}) == len(state.datanodes)
    assert min(state.blocks.missing, state.blocks.under_replicated, state.blocks.pending) >= 0


@given(spoiled("nodes-*.json") | st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_a_resourcemanager_is_read_or_refused(answer: bytes) -> None:
    """Nothing else is raised."""
    for read in (parse_nodemanagers, lambda said: parse_resourcemanager(said, said)):
        try:
            read(answer)
        except UnreadableResourceManager:
            continue


@given(st.text())
def test_an_address_is_read_as_it_is_written(text: str) -> None:
    """Or it is none."""
    address = parsed_address(text)
    assert address is None or (0 < address.port <= 65535 and parsed_address(str(address)) == address)


blocks = st.builds(Blocks, *[st.sampled_from([0, 0, 1])] * 3, counted=st.booleans())
datanodes = st.builds(ListedDataNode, ADDRESSES, st.booleans(), st.sampled_from(STATES), st.just("/default-rack"))
states = st.builds(
    NameNodeState,
    st.sampled_from(["active", "standby"]),
    st.sampled_from(["", "Safe mode is ON."]),
    st.lists(datanodes, unique_by=lambda each: each.address).map(tuple),
    blocks,
    st.just({}),
)


@given(states, st.lists(ADDRESSES, unique=True, max_size=3))
def test_a_drain_is_proved_by_evidence_for_exactly_the_nodes_given(
    state: NameNodeState, leaving: list[Address]
) -> None:
    """Each of them is listed as Decommissioned, no block wants a replica; what others are does not matter."""
    proved = is_drained(state, leaving)
    if proved:
        found = {each.address: each for each in state.datanodes}
        assert leaving
        assert all(found[address].state == "Decommissioned" for address in leaving)
        assert (state.role, state.safe_mode, state.blocks.missing, state.blocks.under_replicated) == (
            "active",
            "",
            0,
            0,
        )
    others = tuple(each for each in state.datanodes if each.address in leaving)
    assert is_drained(evolve(state, datanodes=others), leaving) == proved
