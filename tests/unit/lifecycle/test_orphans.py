"""Machines that a provider has and that no cluster of the store wants."""

import threading

import pytest

from serai.engine.lifecycle import machines as making
from serai.engine.orphans import CLUSTER_GONE, NEVER_OURS, NO_INSTANCE
from serai.engine.store.records import OperationRecord
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.infrastructure import MachineRequest


def stray(fleet, name, cluster_id):
    """A machine that somebody made."""
    fleet.create_machines(Cluster("any", "herd", "1", id=cluster_id), [MachineRequest(name, "workers", f"t-{name}")])


def found(engine):
    """Name and reason of each orphan."""
    return [(orphan.name, orphan.reason) for orphan in engine.clusters.orphans().orphans]


def test_a_cluster_as_it_should_be_has_none(engine, spec):
    engine.clusters.create(spec(2)).result(30)
    assert engine.clusters.orphans().orphans == ()


def test_each_tells_what_is_known_of_it(engine, fleet, spec):
    """Of its cluster's instances none has it; its cluster is gone; its cluster never was this store's."""
    cluster = engine.clusters.create(spec(2)).result(30)
    stray(fleet, "demo-workers-9", cluster.id)
    stray(fleet, "far-workers-1", "elsewhere")
    assert found(engine) == [("far-workers-1", NEVER_OURS), ("demo-workers-9", NO_INSTANCE)]
    orphan = engine.clusters.orphans().orphans[1]
    assert (orphan.provider, orphan.cluster_name, orphan.cluster_id) == ("fleet", "demo", cluster.id)
    assert orphan.client_token == "t-demo-workers-9"


def test_a_forced_end_leaves_what_is_found_and_removed_later(engine, fleet, spec):
    """What could not be removed is known by its cluster's name, though that is gone."""
    engine.clusters.create(spec(2)).result(30)
    fleet.host("demo-workers-2").is_cut_off = True
    engine.clusters.delete("demo", force=True).result(30)
    assert found(engine) == [("demo-workers-2", CLUSTER_GONE)]
    removal = engine.clusters.remove_orphans()
    assert (removal.removed, [machine for _, machine in removal.left]) == ((), ["demo-workers-2"])
    fleet.host("demo-workers-2").is_cut_off = False
    assert [orphan.name for orphan in engine.clusters.remove_orphans().removed] == ["demo-workers-2"]
    assert (found(engine), fleet.list_machines("")) == ([], [])


def test_others_machines_go_only_when_they_are_named(engine, fleet):
    """They may be another engine's."""
    stray(fleet, "far-workers-1", "elsewhere")
    assert engine.clusters.remove_orphans().removed == ()
    assert [orphan.name for orphan in engine.clusters.remove_orphans(["far-workers-1"]).removed] == ["far-workers-1"]
    assert fleet.list_machines("") == []


def test_what_is_no_orphan_is_not_removed(engine, fleet, spec):
    """Nor is anything else that was named with it."""
    engine.clusters.create(spec(2)).result(30)
    stray(fleet, "far-workers-1", "elsewhere")
    with pytest.raises(NotFound) as caught:
        engine.clusters.remove_orphans(["far-workers-1", "demo-workers-1"])
    assert caught.value.code == "ORPHAN_NOT_FOUND"
    assert len(fleet.list_machines("")) == 4


def test_machines_of_a_cluster_that_is_worked_on_are_left_alone(engine, fleet, spec):
    """An operation that has not ended may want any of them, whoever runs it."""
    cluster = engine.clusters.create(spec(2)).result(30)
    stray(fleet, "demo-workers-9", cluster.id)
    engine._store.begin_operation(OperationRecord("op", cluster.id, "demo", "scale", owner="far:1:1:1:1"))
    assert found(engine) == []


def test_what_a_failed_operation_asked_for_is_wanted_still(engine, fleet, herd, spec):
    """A retry takes it."""
    cluster = engine.clusters.create(spec(2)).result(30)
    real, fleet.host = fleet.host, refusing(fleet.host, "demo-workers-4")
    with pytest.raises(SeraiError):
        engine.clusters.scale("demo", {"workers": 4}).result(30)
    fleet.host = real
    assert len(fleet.list_machines(cluster.id)) == 4
    assert found(engine) == []
    assert len(engine.clusters.retry("demo").result(30).instances) == 5
    assert found(engine) == []


def refusing(host, name):
    """Hosts, but for one."""

    def some(wanted):
        if wanted == name:
            raise SeraiError("no more", code="QUOTA")
        return host(wanted)

    return some


def test_a_provider_that_cannot_tell_is_named(engine, fleet, monkeypatch):
    """The others are asked all the same."""
    report = engine.clusters.orphans(["fleet", "nowhere"])
    assert report.orphans == ()
    assert [(name, error.code) for name, error in report.unasked.items()] == [("nowhere", "PLUGIN_NOT_FOUND")]


def test_a_provider_that_falls_silent_while_it_removes_hides_no_machine(engine, fleet, monkeypatch):
    """It lists them, and then neither removes nor lists any more: those that were named are told of as left."""
    stray(fleet, "far-workers-1", "elsewhere")
    looks = iter([fleet.list_machines("")])

    @hookimpl
    def list_once(cluster_id):
        for machines in looks:
            return machines
        raise SeraiError("away", code="AWAY")

    monkeypatch.setattr(fleet, "list_machines", list_once)
    fleet.host("far-workers-1").is_cut_off = True
    removal = engine.clusters.remove_orphans(["far-workers-1"])
    assert (removal.removed, [machine for _, machine in removal.left]) == ((), ["far-workers-1"])


@pytest.mark.parametrize("read_first", ["clusters", "operations"])
def test_a_scaling_that_ends_while_orphans_are_looked_for_makes_none(engine, spec, monkeypatch, read_first):
    """The store is read twice: what ends in between is known by what is read then, whichever is read first."""
    engine.clusters.create(spec(2)).result(30)
    is_made, go_on = threading.Event(), threading.Event()
    read, as_instance = getattr(engine._store, read_first), making._instance

    def made_and_not_stored(machine):
        is_made.set()
        go_on.wait(30)
        return as_instance(machine)

    def read_and_end(**options):
        answer = read(**options)
        go_on.set()
        scaling.result(30)
        return answer

    monkeypatch.setattr(making, "_instance", made_and_not_stored)
    scaling = engine.clusters.scale("demo", {"workers": 3})
    is_made.wait(30)
    monkeypatch.setattr(engine._store, read_first, read_and_end)
    assert found(engine) == []
