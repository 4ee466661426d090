"""Pantry without a machine: its rules, and the life of its clusters on hosts in memory."""

import pytest
from hypothesis import given, settings
from serai_pantry.plugin import PLUGIN
from serai_pantry.testing import fleet

from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.testing import strategies
from serai.hookspec.testing.conformance import Conformance
from serai.hookspec.testing.fleet import said
from serai.hookspec.testing.stage import Stage

GROUPS = {"keeper": (["keeper"], 1), "shelves": (["shelf"], 2)}
SAME_PORT = {"service:Pantry": {"Shelf port": 8140}}
STACK = Stage({"pantry": PLUGIN})

settings.register_profile("small", deadline=None, max_examples=30)
settings.load_profile("small")


class TestConformance(Conformance):
    """What must hold of every plugin, whatever it provisions."""

    plugin = STACK.plugins


@pytest.fixture
def stage():
    """An engine's part, played without one."""
    return Stage({"pantry": PLUGIN}, fleet())


def codes(groups, values=None):
    """What is wrong with a cluster, by code."""
    stage = Stage({"pantry": PLUGIN})
    with pytest.raises(ValidationFailed) as caught:
        stage.validate(stage.cluster(groups, values=values))
    return [error.code for error in caught.value.errors]


def test_everything_that_is_wrong_is_told_at_once():
    """No keeper, no shelf: two errors."""
    assert codes({"none": (["shelf"], 0)}) == ["NOT_SINGLE_KEEPER", "NO_SHELF"]


def test_two_servers_of_a_machine_have_two_ports():
    """A shelf beside the keeper cannot have its port; elsewhere it can."""
    assert codes({"both": (["keeper", "shelf"], 1)}, SAME_PORT) == ["PORT_CONFLICT"]
    STACK.validate(STACK.cluster(GROUPS, values=SAME_PORT))


@given(cluster=strategies.clusters(STACK))
def test_every_cluster_that_is_accepted_starts(cluster):
    """Each process listens where it was said, and the keeper lists every shelf."""
    stage = Stage({"pantry": PLUGIN}, fleet())
    cluster = stage.cluster(cluster)
    stage.create(cluster)
    for group in cluster.node_groups:
        for instance in group.instances:
            listeners = stage.fleet.host(instance.instance_name).processes.listeners
            assert sorted(listeners) == sorted(stage.get_open_ports(group))
    assert [check.check().color for check in stage.get_health_checks(cluster)] == ["green"]


@given(broken=strategies.clusters(STACK, valid=False, refused_by=strategies.RefusedBy.PLUGIN))
def test_small_mistakes_are_refused(broken):
    """With an error that says what to do about which part of the document."""
    with pytest.raises(ValidationFailed) as caught:
        STACK.validate(broken.cluster)
    assert all(error.path and error.error_message for error in caught.value.errors)


def test_a_cluster_grows_and_shrinks(stage):
    """New shelves join; others are drained before they leave."""
    cluster = stage.cluster(GROUPS)
    stage.create(cluster)
    stage.scale(cluster, {"shelves": 4})
    assert len(cluster.instances_with("shelf")) == 4
    stage.scale(cluster, {"shelves": 1})
    assert [check.check().color for check in stage.get_health_checks(cluster)] == ["green"]


@pytest.mark.parametrize("answer", ['{"10.0.0.3:8141": 1}', "{}", '{"10.0.0.3:8141": null}', "<html>"])
def test_a_shelf_leaves_with_evidence_alone(stage, answer):
    """Unless the keeper says that nothing is left on exactly these shelves, their machines stay."""
    cluster = stage.cluster(GROUPS)
    stage.create(cluster)
    stage.fleet.answer(lambda asked: asked.argv[-1].endswith("/drain"), said(answer))
    with pytest.raises(SeraiError) as caught:
        stage.scale(cluster, {"shelves": 1})
    assert caught.value.code in ("PANTRY_NOT_DRAINED", "PANTRY_UNREADABLE")
    assert len(cluster.instances_with("shelf")) == 2


def test_a_shelf_that_ended_is_missed(stage):
    """Health names it."""
    cluster = stage.cluster(GROUPS)
    stage.create(cluster)
    stage.fleet.host("demo-shelves-1").processes.end("shelf")
    [check] = stage.get_health_checks(cluster)
    assert check.check().color == "red"
