"""An engine is killed at every write of an operation's journal; another one reaches the undisturbed end."""

import pytest

from faults.dying import Order
from faults.kinds import DASK, SLEEPERS, Kind
from faults.life import Life, deaths

ACTS = ("create", "scale up", "scale down", "reconfigure", "delete")
SHARES = 2
"""Each takes its part of the places to die: for as many processes of pytest."""


def ordered(life: Life, kind: Kind, act: str) -> Order:
    """One of the acts of a cluster's life, with what it asks for."""
    document = kind.document(kind.small, False)
    match act:
        case "scale up":
            return life.order("scale", document, counts={kind.group: kind.large})
        case "scale down":
            return life.order("scale", document, counts={kind.group: kind.small})
        case "reconfigure":
            return life.order("apply", kind.document(kind.small, True))
        case _:
            return life.order(act, document)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("kind", [SLEEPERS, DASK], ids=lambda kind: kind.name)
def test_whatever_an_engine_dies_over_another_one_brings_to_the_same_end(life, survived, kind, share):
    """Documents, machines, processes, journal are as if nothing had been; nothing leaks, nothing is made twice."""
    writes, ends = {}, {}
    for act in ACTS:
        writes[act] = life.undisturbed(ordered(life, kind, act))
        ends[act] = life.snapshot()
    for death in list(deaths(max(writes.values())))[share::SHARES]:
        for act in ACTS:
            life.remember()
            if death.write <= writes[act]:
                life.disturbed(ordered(life, kind, act), death)
                survived(f"{kind.name}, {act}", 1)
            elif act != "reconfigure":  # nothing after it needs it
                life.undisturbed(ordered(life, kind, act))
            else:
                continue
            assert life.snapshot() == ends[act], f"{act}, killed {death}"
        assert (life.left(), life.twice()) == ([], []), f"killed {death}"
