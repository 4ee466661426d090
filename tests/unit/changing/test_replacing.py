"""Values that hold for new machines only: others are made in the place of those there are."""

import pytest

from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError, ValidationFailed

PLAYERS = ("demo-players-1", "demo-players-2", "demo-players-3")


def ways(plan):
    """Title and loss of each step."""
    return [(step.title, step.unavailable) for step in plan.steps]


def names(cluster):
    """The players there are."""
    return [each.instance_name for each in cluster.node_group("players").instances]


def drained(band):
    """Who was drained, in order."""
    return [name for step in band.steps if isinstance(step, list) for name in step[1:]]


def machines(fleet):
    """The machines there are."""
    return sorted(each.name for each in fleet.list_machines(""))


def violins(fleet, cluster):
    """What each player heeds."""
    return {fleet.host(name).processes._known["player"].service.argv[-1] for name in names(cluster)}


def test_one_machine_after_another_is_replaced(running, spec, band, fleet):
    """Another one is made first; when it plays, the old one is drained and removed. The count is as before."""
    wanted = spec(only={"Violin": 2})
    plan = running.clusters.plan_changes(wanted)
    assert [(each.name, str(each.policy)) for each in plan.values] == [("Violin", "replace")]
    assert ways(plan) == [(f"make another machine, then drain and remove {name}", "") for name in PLAYERS]
    cluster = running.clusters.apply(wanted, plan).result(30)
    assert names(cluster) == ["demo-players-4", "demo-players-5", "demo-players-6"]
    assert drained(band) == list(PLAYERS)
    assert violins(fleet, cluster) == {"Violin=2"}
    assert machines(fleet) == ["demo-conductor-1", *names(cluster)]
    assert running.clusters.plan_changes(wanted).is_empty


def test_where_there_is_no_room_the_old_one_goes_first(running, spec, band, fleet):
    """If the plugin lets it go; the plan tells what is lost meanwhile."""
    fleet.seats = 4
    wanted = spec(only={"Violin": 2})
    plan = running.clusters.plan_changes(wanted)
    assert ways(plan) == [(f"drain and remove {name}, then make another machine", "1 of 3 player") for name in PLAYERS]
    cluster = running.clusters.apply(wanted, plan).result(30)
    assert (len(names(cluster)), violins(fleet, cluster)) == (3, {"Violin=2"})


def test_a_group_that_cannot_be_scaled_is_refused(running, document, band, fleet):
    """With the plugin's reason, at its place, before anything is touched; with the provider's where that is full."""
    from serai.engine import ClusterSpec

    changed = document()
    changed["node_groups"][0]["node_configs"] = {"service:Band": {"Violin": 2}}
    for seats, codes in ((100, {"ONE_CONDUCTOR"}), (4, {"ONE_CONDUCTOR", "FULL"})):
        fleet.seats = seats
        with pytest.raises(ValidationFailed, match="cannot be replaced: there is one conductor") as caught:
            running.clusters.plan_changes(ClusterSpec.from_dict(changed))
        assert {(each.code, each.path) for each in caught.value.errors} == {(code, "node_groups[0]") for code in codes}
        assert all(error.hint for error in caught.value.errors)
    assert machines(fleet) == ["demo-conductor-1", *PLAYERS]


def test_what_restarts_with_all_others_does_so_before_it_is_replaced(running, spec):
    """Until then it must work with them; it takes no turn."""
    plan = running.clusters.plan_changes(spec(Score=2, only={"Violin": 2, "Seat": 3}))
    taken = [(str(step.policy), sorted(step.processes)) for step in plan.steps]
    assert taken == [("live", []), ("restart", ["conductor", "player"]), *[("replace", ["player"])] * 3]


def test_a_replacement_that_failed_goes_on(running, spec, band, fleet):
    """With the machine that was made for it; nothing is made twice."""
    band.broken = "demo-players-5"
    wanted = spec(only={"Violin": 2})
    with pytest.raises(SeraiError) as caught:
        running.clusters.apply(wanted).result(30)
    assert caught.value.details["failed"] == f"make another machine, then drain and remove {PLAYERS[1]}"
    assert drained(band) == [PLAYERS[0]]
    band.broken = ""
    cluster = running.clusters.retry("demo").result(30)
    assert names(cluster) == ["demo-players-4", "demo-players-5", "demo-players-6"]
    assert drained(band) == list(PLAYERS)
    assert machines(fleet) == ["demo-conductor-1", *names(cluster)]


def test_going_back_replaces_only_what_was_made_meanwhile(running, spec, band, fleet):
    """Who kept the former value stays; the one that never came to play is removed."""
    band.broken = "demo-players-5"
    with pytest.raises(SeraiError):
        running.clusters.apply(spec(only={"Violin": 2})).result(30)
    band.broken, band.steps = "", []
    cluster = running.clusters.apply(spec()).result(30)
    assert cluster.status is ClusterStatus.ACTIVE
    assert names(cluster) == [*PLAYERS[1:], "demo-players-6"]
    assert violins(fleet, cluster) == {"Violin=1"}
    assert machines(fleet) == ["demo-conductor-1", *names(cluster)]


def test_who_was_drained_for_nothing_comes_back(running, spec, band, fleet, monkeypatch):
    """A machine that could not be removed, and is to stay after all, is taken in again."""
    fleet.seats = 4

    def stuck(self, cluster_id, machine_ids):
        raise SeraiError("it does not go", code="STUCK")

    monkeypatch.setattr("serai.engine.plugins.provider.Provider.delete_machines", stuck)
    with pytest.raises(SeraiError, match="does not go"):
        running.clusters.apply(spec(only={"Violin": 2})).result(30)
    assert drained(band) == [PLAYERS[0]]
    monkeypatch.undo()
    fleet.host(PLAYERS[0]).processes.end("player")  # as a drained one does
    cluster = running.clusters.apply(spec()).result(30)
    assert names(cluster) == list(PLAYERS)
    assert fleet.host(PLAYERS[0]).processes.status("player").is_running


def test_values_and_counts_change_at_once(running, spec, band, fleet):
    """Who leaves is not replaced; who comes has the new value."""
    cluster = running.clusters.apply(spec(2, only={"Violin": 2})).result(30)
    assert drained(band) == ["demo-players-3", "demo-players-1", "demo-players-2"]
    assert len(names(cluster)) == 2
    cluster = running.clusters.apply(spec(4, only={"Violin": 3})).result(30)
    assert (len(names(cluster)), violins(fleet, cluster)) == (4, {"Violin=3"})


def test_a_plugin_without_reconfiguration_can_have_machines_replaced(engine, document, fleet):
    """It takes what scaling takes, and nothing else."""
    from serai.engine import ClusterSpec

    quartet = {"plugin_name": "quartet"}
    engine.clusters.create(ClusterSpec.from_dict({**document(2), **quartet})).result(30)
    wanted = ClusterSpec.from_dict({**document(2, only={"Violin": 2}), **quartet})
    cluster = engine.clusters.apply(wanted).result(30)
    assert violins(fleet, cluster) == {"Violin=2"}
    assert engine.clusters.plan_changes(wanted).is_empty
