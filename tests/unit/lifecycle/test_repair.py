"""Scaling to any count, from whatever there is: lost machines, failed scalings, what was asked for before."""

import pytest

from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError, ValidationFailed, WrongStatus


def workers(cluster):
    """The numbers of the workers there are."""
    return [int(each.instance_name.rpartition("-")[2]) for each in cluster.node_group("workers").instances]


def lose(fleet, cluster, *names):
    """Have machines end without anybody being asked."""
    fleet.delete_machines(cluster.id, names)


def refuse(fleet, monkeypatch, *names):
    """Have the provider make no more machines when it comes to these."""
    real = fleet._machine

    def some(cluster_id, request):
        if request.name in names:
            raise SeraiError("no more", code="QUOTA")
        return real(cluster_id, request)

    monkeypatch.setattr(fleet, "_machine", some)


def test_the_count_a_group_has_replaces_what_is_lost(engine, fleet, herd, spec):
    """Under a new name; the others are not touched."""
    cluster = engine.clusters.create(spec(3)).result(30)
    with pytest.raises(ValidationFailed, match="nothing would change"):
        engine.clusters.scale("demo", {"workers": 3})
    lose(fleet, cluster, "demo-workers-2")
    herd.seen.clear()
    repaired = engine.clusters.scale("demo", {"workers": 3}).result(30)
    assert workers(repaired) == [1, 3, 4]
    assert herd.seen == [("configure", ["demo-workers-4"]), ("start", ["demo-workers-4"])]
    assert {machine.machine_id for machine in fleet.list_machines("")} == {
        instance.instance_id for instance in repaired.instances
    }


def test_nobody_leaves_in_the_place_of_what_is_lost(engine, fleet, spec):
    cluster = engine.clusters.create(spec(3)).result(30)
    lose(fleet, cluster, "demo-workers-1")
    assert workers(engine.clusters.scale("demo", {"workers": 2}).result(30)) == [2, 3]


def test_a_scaling_that_fails_tells_what_there_is_and_what_is_wanted(engine, fleet, monkeypatch, spec):
    """The counts stay apart, and the user decides: go on, or another count."""
    engine.clusters.create(spec(2)).result(30)
    refuse(fleet, monkeypatch, "demo-workers-4")
    with pytest.raises(SeraiError):
        engine.clusters.scale("demo", {"workers": 4}).result(30)
    cluster = engine.clusters.get("demo")
    assert (cluster.status, cluster.node_group("workers").count, workers(cluster)) == (ClusterStatus.ERROR, 4, [1, 2])
    monkeypatch.undo()
    assert workers(engine.clusters.retry("demo").result(30)) == [1, 2, 3, 4]


@pytest.mark.parametrize(("count", "expected"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (5, [1, 2, 3, 4, 5])])
def test_a_failed_scaling_gives_way_to_another_one(engine, fleet, monkeypatch, spec, count, expected):
    """What was made for the first is taken if it is wanted still, and removed if not; nothing leaks."""
    engine.clusters.create(spec(2)).result(30)
    refuse(fleet, monkeypatch, "demo-workers-4")
    with pytest.raises(SeraiError):
        engine.clusters.scale("demo", {"workers": 4}).result(30)
    assert "demo-workers-3" in {machine.name for machine in fleet.list_machines("")}
    monkeypatch.undo()
    cluster = engine.clusters.scale("demo", {"workers": count}).result(30)
    assert (cluster.status, workers(cluster)) == (ClusterStatus.ACTIVE, expected)
    assert len(fleet.list_machines("")) == 1 + count
    assert engine.clusters.orphans().orphans == ()


def test_a_name_that_was_withdrawn_does_not_come_back(engine, fleet, monkeypatch, spec):
    engine.clusters.create(spec(2)).result(30)
    refuse(fleet, monkeypatch, "demo-workers-3")
    with pytest.raises(SeraiError):
        engine.clusters.scale("demo", {"workers": 3}).result(30)
    monkeypatch.undo()
    engine.clusters.scale("demo", {"workers": 2}).result(30)
    assert workers(engine.clusters.scale("demo", {"workers": 3}).result(30)) == [1, 2, 4]


def test_who_was_to_leave_and_stays_is_taken_in_again(engine, herd, spec):
    """A drain that failed may have stopped it."""
    engine.clusters.create(spec(2)).result(30)
    herd.is_stubborn = True
    with pytest.raises(SeraiError, match="some would be lost"):
        engine.clusters.scale("demo", {"workers": 1}).result(30)
    assert workers(engine.clusters.get("demo")) == [1, 2]
    herd.seen.clear()
    assert workers(engine.clusters.scale("demo", {"workers": 2}).result(30)) == [1, 2]
    assert ("start", ["demo-workers-2"]) in herd.seen


def test_only_scalings_give_way(engine, fleet, monkeypatch, spec):
    """A cluster that was never whole goes on with what makes it so."""
    refuse(fleet, monkeypatch, "demo-workers-2")
    with pytest.raises(SeraiError):
        engine.clusters.create(spec(2)).result(30)
    with pytest.raises(WrongStatus, match="only active ones"):
        engine.clusters.scale("demo", {"workers": 1})
