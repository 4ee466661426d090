"""What counts as proof that nodes are drained, by what real masters said."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from serai.builtin_plugins.hadoop.addresses import Address
from serai.builtin_plugins.hadoop.decommissioning import Watch, has_ended, is_drained, what_is_left
from serai.builtin_plugins.hadoop.namenode import Blocks, NameNodeState, parse_namenode
from serai.builtin_plugins.hadoop.resourcemanager import parse_nodemanagers
from serai.hookspec.objects import Instance

CAPTURED = Path(__file__).with_name("captured")
ONE, TEN, TWO, THREE = (Address(f"10.77.0.{number}", 9866) for number in (1, 10, 2, 3))


def said(name: str) -> NameNodeState:
    """What a NameNode said."""
    return parse_namenode((CAPTURED / f"namenode-{name}.json").read_bytes())


def with_state(state: NameNodeState, address: Address, name: str, *, alive: bool = True) -> NameNodeState:
    """The same with one DataNode in another state."""
    listed = [evolve(each, state=name, alive=alive) if each.address == address else each for each in state.datanodes]
    return evolve(state, datanodes=tuple(listed))


def test_a_decommissioned_datanode_is_drained() -> None:
    """It is alive, and every block has its replicas elsewhere."""
    assert is_drained(said("decommissioned"), [ONE])


def test_a_node_in_progress_is_never_drained_whatever_the_rest_says() -> None:
    """Sahara took the first word of a header for the node's state."""
    whole = evolve(said("decommissioned"), left={})
    assert whole.blocks.under_replicated == 0
    assert not is_drained(with_state(whole, ONE, "Decommission In Progress"), [ONE])
    for name in ("early", "in-progress", "dead"):
        assert not is_drained(said(name), [ONE])


def test_one_that_is_done_says_nothing_of_another() -> None:
    """All that leave must be."""
    state = said("decommissioned")
    assert not is_drained(state, [ONE, TWO])
    assert is_drained(with_state(state, TWO, "Decommissioned"), [ONE, TWO])


def test_removing_10_77_0_1_does_not_wait_for_10_77_0_10() -> None:
    """Sahara looked for the one address in the other."""
    state = with_state(said("decommissioned"), TEN, "Decommission In Progress")
    assert is_drained(state, [ONE])
    assert not is_drained(with_state(said("in-service"), TEN, "Decommissioned"), [ONE])


def test_a_node_that_is_not_listed_is_not_drained() -> None:
    """Nor is nothing at all: there is no evidence."""
    assert not is_drained(said("decommissioned"), [Address("10.77.0.4", 9866)])
    assert not is_drained(said("decommissioned"), [])


@pytest.mark.parametrize("blocks", [Blocks(1, 0, 0), Blocks(0, 1, 0), Blocks(0, 0, 0, counted=False)], ids=str)
def test_blocks_in_want_of_replicas_are_waited_for(blocks: Blocks) -> None:
    """Whoever had them: of a DataNode that was dead the NameNode says Decommissioned at once."""
    assert not is_drained(evolve(said("decommissioned"), blocks=blocks), [ONE])


def test_blocks_being_copied_are_waited_for_when_a_node_is_dead() -> None:
    """They are under-replicated still; of one that is alive the NameNode itself has waited for them."""
    state = evolve(said("decommissioned"), blocks=Blocks(0, 0, 1))
    assert is_drained(state, [ONE])
    dead = with_state(state, ONE, "Decommissioned", alive=False)
    assert not is_drained(dead, [ONE])
    assert is_drained(evolve(dead, blocks=Blocks(0, 0, 0)), [ONE])


def test_a_namenode_that_knows_little_proves_nothing() -> None:
    """In safe mode it has not heard of all blocks; on standby it is behind."""
    state = said("decommissioned")
    assert not is_drained(evolve(state, safe_mode="Safe mode is ON."), [ONE])
    assert not is_drained(evolve(state, role="standby"), [ONE])
    asleep = with_state(said("safe-mode"), ONE, "Decommissioned", alive=False)
    assert not is_drained(asleep, [ONE])


def test_what_is_left_names_the_instances() -> None:
    """With the blocks each still has to see copied."""
    told = what_is_left(said("dead"), {ONE: Instance(instance_name="w-1"), THREE: Instance(instance_name="w-3")})
    assert told == (
        "w-1 is Decommission In Progress, 12 blocks left; w-3 is In Service, dead;"
        " 24 blocks under-replicated, 0 missing in the file system"
    )


@pytest.mark.parametrize(
    ("name", "host", "ended"),
    [
        ("decommissioned", "10.77.0.1", True),
        ("decommissioned", "10.77.0.10", False),
        ("decommissioning", "10.77.0.1", False),
        ("running", "10.77.0.1", False),
        ("restarted", "10.77.0.1", True),
        ("running", "10.77.0", False),
    ],
)
def test_a_nodemanager_has_ended_once_the_resourcemanager_says_so(name: str, host: str, ended: bool) -> None:
    """As long as it is DECOMMISSIONING, containers run there; one that is not listed proves nothing."""
    found = parse_nodemanagers((CAPTURED / f"nodes-{name}.json").read_bytes())
    assert has_ended(found, host) is ended


def test_two_looks_in_a_row_have_to_be_at_one_namenode(masters: Any) -> None:
    """One that has just become active has not begun to count blocks, and looks as if it had none."""
    first, second, leaving = (Instance(instance_name=name) for name in ("first", "second", "leaving"))
    proof, doubt = said("decommissioned"), evolve(said("decommissioned"), safe_mode="it starts")

    def answers(*looks: tuple[Instance, NameNodeState]) -> list[bool]:
        each = iter(looks)
        watch = Watch({ONE: leaving}, lambda: next(each), masters.stage.run())
        return [watch.drained() for _ in looks]

    assert answers((first, proof), (first, proof)) == [False, True]
    assert answers((first, proof), (second, proof), (second, proof)) == [False, False, True]
    assert answers((first, proof), (first, doubt), (first, proof)) == [False, False, False]
