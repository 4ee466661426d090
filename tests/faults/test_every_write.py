"""An engine is killed at every write of an operation's journal; another one reaches the undisturbed end."""

import pytest

from faults.life import Life, deaths
from faults.sleepers import sleepers

SMALL, GROWN = 2, 4


def ordered(life: Life, act: str):
    """The acts of a cluster's life, each with what it asks for."""
    document = sleepers(count=SMALL).to_dict()
    match act:
        case "scale up":
            return life.order("scale", document, counts={"beds": GROWN})
        case "scale down":
            return life.order("scale", document, counts={"beds": SMALL})
        case "reconfigure":
            return life.order("apply", sleepers(count=SMALL, nap=2000).to_dict())
        case "go back":
            return life.order("apply", document)
        case _:
            return life.order(act, document)


ACTS = ("create", "scale up", "scale down", "reconfigure", "delete")


def test_an_engine_that_dies_anywhere_over_a_small_cluster(life, survived):
    writes, ends = {}, {}
    for act in ACTS:
        writes[act] = life.undisturbed(ordered(life, act))
        ends[act] = life.snapshot()
    for turn, death in enumerate(deaths(max(writes.values()))):
        for act in ACTS:
            life.remember()
            if death.write <= writes[act]:
                life.disturbed(ordered(life, act), death)
                survived(f"small cluster, {act}", 1)
            else:
                life.undisturbed(ordered(life, act))
            assert life.snapshot() == ends[act], f"{act}, killed {death}"
        assert (life.left(), life.twice()) == ([], []), f"after turn {turn}, killed {death}"
