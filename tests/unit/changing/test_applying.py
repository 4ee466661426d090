"""Applying documents to a cluster that runs: what is planned, what is done, what is refused, what goes on after."""

import json

import pytest

from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import NotFound, SeraiError, ValidationFailed, WrongStatus
from serai.hookspec.listening import EventKind
from serai.hookspec.secrets import Secret

PLAYERS = ("demo-players-1", "demo-players-2", "demo-players-3")


def taken(plan):
    """Policy and processes of each step."""
    return [(str(step.policy), dict(step.processes)) for step in plan.steps]


def argv(fleet, name, process="player"):
    """What a process was started with."""
    return fleet.host(name).processes._known[process].service.argv[1:]


def test_the_document_it_was_made_from_changes_nothing(running, spec, band):
    """No operation, no event; also in a plan."""
    operations = len(running.clusters.operations("demo"))
    assert running.clusters.plan_changes(spec()).is_empty
    assert running.clusters.apply(spec()).result(5).status is ClusterStatus.ACTIVE
    assert len(running.clusters.operations("demo")) == operations
    assert band.steps == []


def test_processes_take_turns(running, spec, band, fleet):
    """First everything is written, then one after the other is restarted."""
    plan = running.clusters.plan_changes(spec(Seat=2))
    assert taken(plan) == [("live", {}), *(("rolling", {"player": (name,)}) for name in PLAYERS)]
    assert [step.unavailable for step in plan.steps] == ["", *["1 of 3 player"] * 3]
    assert plan.disruptions == ("The music stops.",)
    running.clusters.apply(spec(Seat=2), plan).result(30)
    assert [(str(step.policy), dict(step.processes)) for step in band.steps] == taken(plan)
    assert {argv(fleet, name)[0] for name in PLAYERS} == {"Seat=2"}
    assert running.clusters.plan_changes(spec(Seat=2)).is_empty


def test_what_is_planned_is_what_happens(running, spec):
    """Each step is an event of its own, in order, and the phases are those of the plan."""
    wanted = spec(4, Seat=2, Tempo=90, Score=7)
    plan = running.clusters.plan_changes(wanted)
    operation = running.clusters.apply(wanted, plan)
    operation.result(30)
    events = list(operation.events())
    begun = [each.step for each in events if each.kind is EventKind.STEP_STARTED and "/" in each.step]
    assert begun == [f"{at}/{len(plan.steps)} {step.title}" for at, step in enumerate(plan.steps, start=1)]
    phases = [each.phase for each in events if each.kind is EventKind.PHASE_STARTED]
    assert phases == [phase.name for phase in plan.phases]


def test_the_strongest_way_is_taken_alone(running, spec):
    """A player that is restarted with all others takes no turn afterwards, nor is it told to read anything anew."""
    plan = running.clusters.plan_changes(spec(Seat=2, Tempo=90, Score=7))
    everybody = {"conductor": ("demo-conductor-1",), "player": PLAYERS}
    assert taken(plan) == [("live", {}), ("restart", everybody)]
    assert plan.steps[1].unavailable == "1 of 1 conductor, 3 of 3 player"


def test_ways_that_do_not_meet_are_all_taken(running, spec):
    """The conductor restarts at once, the players take turns."""
    plan = running.clusters.plan_changes(spec(Seat=2, Baton=3))
    assert taken(plan)[1] == ("restart", {"conductor": ("demo-conductor-1",)})
    assert [policy for policy, _ in taken(plan)[2:]] == ["rolling"] * 3


def test_a_value_that_is_taken_back_is_as_recommended_again(running, spec, fleet):
    """Or as by default, where nothing is recommended."""
    running.clusters.apply(spec(only={"Volume": 90, "Seat": 5})).result(30)
    plan = running.clusters.plan_changes(spec())
    told = {each.name: (each.old, str(each.old_origin), each.new, str(each.new_origin)) for each in plan.values}
    assert told == {"Volume": (90, "node", 33, "recommended"), "Seat": (5, "node", 1, "default")}
    assert {each.name: each.reason for each in plan.values}["Volume"] == "shared out"
    running.clusters.apply(spec()).result(30)
    assert argv(fleet, PLAYERS[0])[:2] == ("Seat=1", "Volume=33")


def test_values_go_before_what_comes_and_after_what_leaves(running, spec, band, fleet):
    """Nobody is restarted only to leave; who comes starts with the new values."""
    running.clusters.apply(spec(2, Seat=2)).result(30)
    assert band.steps[0] == ["drain", "demo-players-3"]
    touched = [name for step in band.steps[1:] for name in step.processes.get("player", ())]
    assert touched == ["demo-players-1", "demo-players-2"]
    band.steps.clear()
    grown = running.clusters.apply(spec(4, Seat=3)).result(30)
    assert len(grown.node_group("players").instances) == 4
    touched = [name for step in band.steps for name in step.processes.get("player", ())]
    assert touched == ["demo-players-1", "demo-players-2"]
    assert {argv(fleet, each.instance_name)[0] for each in grown.node_group("players").instances} == {"Seat=3"}


def test_counts_alone_are_a_scaling(running, spec, band, fleet):
    """What runs keeps what it was started with, whatever is recommended for more of them."""
    plan = running.clusters.plan_changes(spec(4))
    assert (plan.kind, plan.values, plan.steps) == ("scale", (), ())
    assert [(each.node_group, each.old, each.new) for each in plan.counts] == [("players", 3, 4)]
    running.clusters.apply(spec(4), plan).result(30)
    assert (argv(fleet, "demo-players-1")[1], argv(fleet, "demo-players-4")[1]) == ("Volume=33", "Volume=25")
    assert running.clusters.plan_changes(spec(4)).is_empty


def test_what_disturbs_nothing_is_kept(running, document, band):
    """A description, a value written down that is in force already."""
    from serai.engine import ClusterSpec

    wanted = ClusterSpec.from_dict({**document(Seat=1), "description": "loud"})
    plan = running.clusters.plan_changes(wanted)
    assert [(each.path, each.old, each.new) for each in plan.edits] == [
        ("cluster_configs.service:Band.Seat", None, 1),
        ("description", "", "loud"),
    ]
    assert (plan.values, plan.steps) == ((), ())
    running.clusters.apply(wanted).result(30)
    assert running.clusters.get("demo").description == "loud"
    assert band.steps == []


def test_what_cannot_change_is_refused_all_at_once(running, document, band):
    """Fields, groups and values, each with its place; with what is simply wrong."""
    from serai.engine import ClusterSpec

    changed = document(Hall=2, Tempo="x", Silent="")
    changed["cluster_configs"]["general"] = {"Silent": "yes"}
    del changed["cluster_configs"]["service:Band"]["Silent"]
    changed["hadoop_version"] = "1"
    changed["anti_affinity"] = ["player"]
    changed["node_groups"][1]["flavor_id"] = "large"
    with pytest.raises(ValidationFailed) as caught:
        running.clusters.apply(ClusterSpec.from_dict(changed))
    told = {(error.code, error.path) for error in caught.value.errors}
    assert told == {
        ("IMMUTABLE_FIELD", "anti_affinity"),
        ("IMMUTABLE_FIELD", "node_groups[1].flavor_id"),
        ("IMMUTABLE_CONFIG", 'cluster_configs["service:Band"].Hall'),
        ("IMMUTABLE_CONFIG", "cluster_configs.general.Silent"),
        ("INVALID_CONFIG_VALUE", 'cluster_configs["service:Band"].Tempo'),
    }
    assert all(error.hint for error in caught.value.errors if error.code.startswith("IMMUTABLE"))
    assert band.steps == []


def test_node_groups_neither_come_nor_go(running, document):
    """A renamed one is both."""
    from serai.engine import ClusterSpec

    changed = document()
    changed["node_groups"][1]["name"] = "plyers"
    with pytest.raises(ValidationFailed) as caught:
        running.clusters.plan_changes(ClusterSpec.from_dict(changed))
    told = [(error.code, error.path, error.hint) for error in caught.value.errors]
    assert ("NODE_GROUP_ADDED", "node_groups[1].name", "did you mean 'players'?") in told
    assert [path for code, path, _ in told if code == "NODE_GROUP_MISSING"] == ["node_groups"]


def test_another_plugin_is_another_cluster(running, document):
    """Nothing else is compared then."""
    from serai.engine import ClusterSpec

    with pytest.raises(ValidationFailed) as caught:
        running.clusters.plan_changes(ClusterSpec.from_dict({**document(Hall=3), "plugin_name": "quartet"}))
    assert [(error.code, error.path) for error in caught.value.errors] == [("IMMUTABLE_FIELD", "plugin_name")]


def test_plugins_judge_what_is_to_be(running, spec):
    """Before anything is touched."""
    with pytest.raises(ValidationFailed) as caught:
        running.clusters.apply(spec(Tempo=501))
    assert [error.code for error in caught.value.errors] == ["TOO_FAST"]


def test_scaling_is_judged_too(running, spec):
    """At its place in the document."""
    with pytest.raises(ValidationFailed) as caught:
        running.clusters.apply(spec(10**6, Seat=2))
    assert ("OUT_OF_RANGE", "node_groups[1].count") in [(each.code, each.path) for each in caught.value.errors]


def test_a_plugin_without_the_hook_can_only_keep_values(engine, document):
    """What disturbs nothing is kept; what does is refused, naming the hook."""
    from serai.engine import ClusterSpec

    quartet = {"plugin_name": "quartet"}
    engine.clusters.create(ClusterSpec.from_dict({**document(), **quartet})).result(30)
    with pytest.raises(ValidationFailed, match="reconfigure_cluster") as caught:
        engine.clusters.apply(ClusterSpec.from_dict({**document(Seat=2, Encores=3), **quartet}))
    assert [error.code for error in caught.value.errors] == ["RECONFIGURATION_UNSUPPORTED"]
    live = ClusterSpec.from_dict({**document(Encores=3), **quartet})
    assert engine.clusters.plan_changes(live).steps == ()
    engine.clusters.apply(live).result(30)
    assert engine.clusters.plan_changes(live).is_empty


def test_secrets_change_and_are_never_shown(running, spec, band, tmp_path):
    """Neither in the plan nor in events, nor in the store; the mask itself is no secret to set."""
    wanted = spec(Password="open sesame")
    plan = running.clusters.plan_changes(wanted)
    assert [(each.name, each.old, each.new) for each in plan.values] == [("Password", None, "******")]
    assert "sesame" not in repr(plan) + json.dumps(plan.to_dict())
    operation = running.clusters.apply(wanted, plan)
    operation.result(30)
    assert "sesame" not in repr(list(operation.events())) + repr(running.clusters.operations("demo"))
    assert (band.changes.values[0].old, band.changes.values[0].new) == (None, Secret("open sesame"))
    assert "sesame" not in repr(band.changes)
    assert [path.name for path in tmp_path.glob("serai.db*") if b"sesame" in path.read_bytes()] == []
    assert running.clusters.plan_changes(wanted).is_empty
    with pytest.raises(ValidationFailed) as caught:
        running.clusters.plan_changes(spec(Password="******"))
    assert [error.code for error in caught.value.errors] == ["MASKED_SECRET"]


def test_a_failure_is_the_last_step_and_tells_what_was_done(running, spec, band, fleet):
    """The others run as before; retry goes on with the step that failed."""
    band.broken = PLAYERS[1]
    with pytest.raises(SeraiError) as caught:
        running.clusters.apply(spec(Seat=2)).result(30)
    assert caught.value.details["done"] == ["write the new values", "restart player on demo-players-1"]
    assert caught.value.details["failed"] == "restart player on demo-players-2"
    assert caught.value.details["not begun"] == ["restart player on demo-players-3"]
    assert [argv(fleet, name)[0] for name in PLAYERS] == ["Seat=2", "Seat=1", "Seat=1"]
    assert running.clusters.get("demo").status is ClusterStatus.ERROR
    band.broken = ""
    band.steps.clear()
    running.clusters.retry("demo").result(30)
    assert [dict(step.processes) for step in band.steps] == [{"player": (PLAYERS[1],)}, {"player": (PLAYERS[2],)}]
    assert [argv(fleet, name)[0] for name in PLAYERS] == ["Seat=2"] * 3
    assert running.clusters.plan_changes(spec(Seat=2)).is_empty


def test_the_former_document_mends_what_failed(running, spec, band, fleet):
    """And only what took the new values is touched on the machines."""
    pids = {name: fleet.host(name).processes.status("player").pid for name in PLAYERS}
    band.broken = PLAYERS[1]
    with pytest.raises(SeraiError):
        running.clusters.apply(spec(Seat=2)).result(30)
    band.broken = ""
    plan = running.clusters.plan_changes(spec())
    assert plan.mends
    running.clusters.apply(spec(), plan).result(30)
    assert running.clusters.get("demo").status is ClusterStatus.ACTIVE
    assert [argv(fleet, name)[0] for name in PLAYERS] == ["Seat=1"] * 3
    now = {name: fleet.host(name).processes.status("player").pid for name in PLAYERS}
    assert [name for name in PLAYERS if now[name] != pids[name]] == [PLAYERS[0]]


def test_a_third_document_leaves_nothing_of_the_first_two(running, spec, band, fleet):
    """What a change that failed did not reach has the values from before it, and gets the newest."""
    band.broken = PLAYERS[0]
    with pytest.raises(SeraiError):
        running.clusters.apply(spec(Seat=2, Baton=2)).result(30)
    band.broken = "demo-conductor-1"
    with pytest.raises(SeraiError):
        running.clusters.apply(spec(Seat=2, Baton=3)).result(30)
    band.broken = ""
    running.clusters.apply(spec(Seat=2, Baton=2)).result(30)
    assert [argv(fleet, name)[0] for name in PLAYERS] == ["Seat=2"] * 3
    assert argv(fleet, "demo-conductor-1", "conductor")[1] == "Baton=2"
    assert running.clusters.plan_changes(spec(Seat=2, Baton=2)).is_empty


def test_a_check_that_turns_red_stops_the_change(running, spec, band, monkeypatch):
    """Though the plugin said that all is well; one that was red before does not."""
    monkeypatch.setattr("serai.engine.lifecycle.reconfigure.RECOVERY_SECONDS", 0.0)
    band.ill = ["the drummer"]
    running.clusters.apply(spec(Seat=2)).result(30)
    band.ill = []
    renew = band.start
    band.start = lambda instance: (renew(instance), band.ill.append("the cellist"))
    with pytest.raises(SeraiError, match="the cellist: it is ill") as caught:
        running.clusters.apply(spec(Seat=3)).result(30)
    assert caught.value.code == "UNHEALTHY_AFTER_STEP"
    assert caught.value.details["not begun"] == [f"restart player on {name}" for name in PLAYERS[1:]]


def test_what_became_invalid_meanwhile_touches_nothing(running, spec, band, monkeypatch):
    """The cluster keeps its values, and the former document makes it active again."""
    verdicts = iter([None, SeraiError("the hall burnt down", code="FIRE")])

    def judge(self, cluster):
        if (verdict := next(verdicts, None)) is not None:
            raise verdict

    monkeypatch.setattr("serai.engine.plugins.stack.Stack.validate", judge)
    with pytest.raises(SeraiError, match="burnt down"):
        running.clusters.apply(spec(Seat=2)).result(30)
    assert running.clusters.get("demo").cluster_configs == {}
    assert band.steps == []
    running.clusters.apply(spec()).result(30)
    assert running.clusters.get("demo").status is ClusterStatus.ACTIVE


def test_no_cluster_of_that_name_is_made(engine, spec):
    """A slip in a name must not cost machines."""
    with pytest.raises(NotFound) as caught:
        engine.clusters.apply(spec())
    assert "serai up FILE" in caught.value.hint


def test_a_cluster_that_is_not_at_rest_is_left_alone(engine, spec, band):
    """Until its operation has been ended well."""
    band.broken = PLAYERS[0]
    with pytest.raises(SeraiError):
        engine.clusters.create(spec()).result(30)
    with pytest.raises(WrongStatus, match="cannot be changed"):
        engine.clusters.apply(spec(Seat=2))


def test_an_agreed_plan_is_kept_or_nothing_is_done(running, spec, band):
    """What changed in between is no part of what was agreed to."""
    plan = running.clusters.plan_changes(spec(Seat=2))
    running.clusters.apply(spec(Tempo=90)).result(30)
    band.steps.clear()
    with pytest.raises(SeraiError) as caught:
        running.clusters.apply(spec(Seat=2), plan)
    assert caught.value.code == "PLAN_OUTDATED"
    assert band.steps == []


def test_what_was_before_is_forgotten_in_the_end(running, spec):
    """Old secrets are kept no longer than they are needed."""
    running.clusters.apply(spec(Password="one")).result(30)
    running.clusters.apply(spec(Password="two")).result(30)
    assert "before" not in running.clusters.operations("demo")[-1].state


def test_a_document_finishes_a_scaling_that_failed(running, spec, band, fleet):
    """Its machines are there and not taken in; with the same count they are, with another one it is that one."""
    band.broken = "demo-players-4"
    with pytest.raises(SeraiError):
        running.clusters.scale("demo", {"players": 4}).result(30)
    plan = running.clusters.plan_changes(spec(4))
    assert (plan.kind, plan.is_empty, [(each.old, each.new) for each in plan.counts]) == ("scale", False, [(4, 4)])
    band.broken = ""
    running.clusters.apply(spec(4), plan).result(30)
    assert fleet.host("demo-players-4").processes.status("player").is_running
    band.broken = "demo-players-5"
    with pytest.raises(SeraiError):
        running.clusters.scale("demo", {"players": 5}).result(30)
    cluster = running.clusters.apply(spec(3)).result(30)
    assert (cluster.status, len(cluster.node_group("players").instances)) == (ClusterStatus.ACTIVE, 3)
    assert len(fleet.list_machines("")) == 4


def test_values_wait_for_a_scaling_that_failed(running, spec, band):
    """Nothing would be there to be restarted on the machines it did not take in; the way on is told."""
    band.broken = "demo-players-4"
    with pytest.raises(SeraiError):
        running.clusters.scale("demo", {"players": 4}).result(30)
    with pytest.raises(WrongStatus) as caught:
        running.clusters.apply(spec(4, Seat=2))
    assert (caught.value.code, "serai retry demo" in caught.value.hint) == ("SCALING_UNFINISHED", True)


def test_a_drain_that_failed_gives_way_to_another_document(running, spec, band, fleet, monkeypatch):
    """Who was drained and stays after all is taken in again."""
    monkeypatch.setattr("serai.engine.plugins.provider.Provider.delete_machines", _stuck)
    with pytest.raises(SeraiError, match="does not go"):
        running.clusters.apply(spec(2, Seat=2)).result(30)
    monkeypatch.undo()
    fleet.host(PLAYERS[2]).processes.end("player")
    cluster = running.clusters.apply(spec(3, Seat=3)).result(30)
    assert len(cluster.node_group("players").instances) == 3
    assert {argv(fleet, name)[0] for name in PLAYERS} == {"Seat=3"}
    assert fleet.host(PLAYERS[2]).processes.status("player").is_running


def _stuck(self, cluster_id, machine_ids):
    raise SeraiError("it does not go", code="STUCK")
