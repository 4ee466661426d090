"""Reading what a ResourceManager says; the samples were said by a real one of Hadoop 3.5.0."""

import json
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.resourcemanager import (
    UNLISTED,
    UnreadableResourceManager,
    parse_nodemanagers,
    parse_resourcemanager,
)

CAPTURED = Path(__file__).with_name("captured")


def sample(name: str) -> bytes:
    """What a ResourceManager said."""
    return (CAPTURED / f"{name}.json").read_bytes()


@pytest.mark.parametrize(("name", "state"), [("running", "RUNNING"), ("decommissioning", "DECOMMISSIONING")])
def test_nodemanagers_are_known_by_their_host(name: str, state: str) -> None:
    """As a whole: 10.77.0.10 is another one."""
    found = parse_nodemanagers(sample(f"nodes-{name}"))
    assert {each.host: each.state for each in found.listed} == {
        "10.77.0.1": state,
        "10.77.0.10": "RUNNING",
        "10.77.0.2": "RUNNING",
    }
    assert (found.state_of("10.77.0.1"), found.state_of("10.77.0")) == (state, UNLISTED)


def test_one_that_was_excluded_stays_in_the_list() -> None:
    """Also when the ResourceManager, started anew, never heard of it."""
    assert parse_nodemanagers(sample("nodes-decommissioned")).state_of("10.77.0.1") == "DECOMMISSIONED"
    assert parse_nodemanagers(sample("nodes-restarted")).state_of("10.77.0.1") == "DECOMMISSIONED"


def test_one_that_came_back_is_not_its_former_self() -> None:
    """At another port it has another name; the order of the list does not matter."""
    document = json.loads(sample("nodes-decommissioned"))
    gone = next(each for each in document["nodes"]["node"] if each["state"] == "DECOMMISSIONED")
    back = {**gone, "state": "RUNNING", "id": "10.77.0.1:1"}
    for nodes in ([gone, back], [back, gone]):
        found = parse_nodemanagers(json.dumps({"nodes": {"node": nodes}}).encode())
        assert found.state_of("10.77.0.1") == "RUNNING"
        assert found.in_state("RUNNING") == {"10.77.0.1"}
        assert found.in_state("DECOMMISSIONED") == frozenset()


@pytest.mark.parametrize("answer", [b'{"nodes": {}}', b'{"nodes": null}', b'{"nodes": ""}'])
def test_none_is_an_answer(answer: bytes) -> None:
    """Written differently by the releases."""
    assert parse_nodemanagers(answer).listed == ()


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b"[]", b'{"nodes": []}', b'{"nodes": {"node": {}}}', b'{"nodes": {"node": [{}]}}', b"\xff"],
)
def test_anything_else_is_no_answer(answer: bytes) -> None:
    """Saying nothing is not saying that there are none."""
    with pytest.raises(UnreadableResourceManager) as error:
        parse_nodemanagers(answer, "demo-master-1")
    assert (error.value.host, error.value.code) == ("demo-master-1", "HADOOP_UNREADABLE_RESOURCEMANAGER")


def test_two_of_one_name_are_no_answer() -> None:
    """Which of them counts nobody could say."""
    document = json.loads(sample("nodes-running"))
    document["nodes"]["node"] *= 2
    with pytest.raises(UnreadableResourceManager, match="listed twice"):
        parse_nodemanagers(json.dumps(document).encode())


def test_the_resourcemanager_tells_how_it_is() -> None:
    """Its state is in one document, what it does in another."""
    found = parse_resourcemanager(sample("info"), sample("metrics"))
    assert (found.state, found.ha_state, found.applications) == ("STARTED", "ACTIVE", 0)
    with pytest.raises(UnreadableResourceManager):
        parse_resourcemanager(sample("metrics"), sample("info"))


def test_what_a_nodemanager_hands_out_is_what_is_used_and_what_is_left() -> None:
    """What is left is negative where containers have more than there is by now."""
    document = json.loads(sample("nodes-running"))
    [first, *_] = document["nodes"]["node"]
    assert (first["usedMemoryMB"], parse_nodemanagers(sample("nodes-running")).listed[0].memory) == (
        0,
        first["availMemoryMB"],
    )
    first |= {"usedMemoryMB": 3072, "availMemoryMB": -1024}
    assert parse_nodemanagers(json.dumps(document).encode()).listed[0].memory == 2048
