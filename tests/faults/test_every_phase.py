"""An engine over a real Spark cluster is killed once in every phase of every operation: all is done, and none knows."""

from faults.kinds import SPARK, ordered
from faults.life import phase_ends


def survives(life, survived, act, death, end):
    """Die there, and compare."""
    life.remember()
    life.disturbed(ordered(life, SPARK, act), death)
    survived(f"{SPARK.name}, {act}", 1)
    assert life.snapshot() == end, f"{act}, killed {death}"


def test_creating_and_deleting(life, survived):
    ends, places = {}, {}
    for act in ("create", "delete"):
        places[act] = phase_ends(life.undisturbed(ordered(life, SPARK, act)))
        ends[act] = life.snapshot()
    for turn, death in enumerate(places["create"]):
        survives(life, survived, "create", death, ends["create"])
        if turn < len(places["delete"]):
            survives(life, survived, "delete", places["delete"][turn], ends["delete"])
        else:
            life.undisturbed(ordered(life, SPARK, "delete"))
    assert (life.left(), life.twice()) == ([], [])


def test_scaling_and_reconfiguring(life, survived):
    """There and back, as often as there are phases."""
    life.undisturbed(ordered(life, SPARK, "create"))
    for there, back in (("scale up", "scale down"), ("reconfigure", "go back")):
        ends, places = {}, {}
        for act in (there, back):
            places[act] = phase_ends(life.undisturbed(ordered(life, SPARK, act)))
            ends[act] = life.snapshot()
        for deaths in zip(places[there], places[back], strict=True):
            for act, death in zip((there, back), deaths, strict=True):
                survives(life, survived, act, death, ends[act])
    life.undisturbed(ordered(life, SPARK, "delete"))
    assert (life.left(), life.twice()) == ([], [])
