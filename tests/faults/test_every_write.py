"""An engine is killed at every write of an operation's journal; another one reaches the undisturbed end."""

import pytest

from faults.kinds import ACTS, BOTH_AT_ONCE, DASK, SLEEPERS, ordered
from faults.life import deaths

SHARES = 2
"""Each takes its part of the places to die: for as many processes of pytest."""


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize(
    ("kind", "acts"),
    [(SLEEPERS, ACTS), (SLEEPERS, BOTH_AT_ONCE), (DASK, ACTS)],
    ids=["sleepers", "sleepers reshaped", "Dask"],
)
def test_whatever_an_engine_dies_over_another_one_brings_to_the_same_end(life, survived, kind, acts, share):
    """Documents, machines, processes, journal are as if nothing had been; nothing leaks, nothing is made twice."""
    writes, ends = {}, {}
    for act in acts:
        writes[act] = len(life.undisturbed(ordered(life, kind, act)))
        ends[act] = life.snapshot()
    for death in list(deaths(max(writes.values())))[share::SHARES]:
        for act in acts:
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


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("kind", [SLEEPERS, DASK], ids=["sleepers", "Dask"])
def test_machines_are_replaced_whatever_an_engine_dies_over(life, survived, kind, share):
    """There and back, as often as there are places to die; each machine has one successor."""
    life.undisturbed(ordered(life, kind, "create"))
    acts, ends, writes = ("replace", "replace again"), {}, 0
    for act in acts:
        writes = len(life.undisturbed(ordered(life, kind, act)))
        ends[act] = life.snapshot()
    for turn, death in enumerate(list(deaths(writes))[share::SHARES]):
        act = acts[turn % 2]
        life.remember()
        life.disturbed(ordered(life, kind, act), death)
        survived(f"{kind.name}, replace", 1)
        assert life.snapshot() == ends[act], f"{act}, killed {death}"
        assert life.twice() == [], f"{act}, killed {death}"
    life.undisturbed(ordered(life, kind, "delete"))
    assert life.left() == []
