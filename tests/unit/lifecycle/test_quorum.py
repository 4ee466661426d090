"""Going on without machines that fail, where enough are left."""

import threading
import time

import pytest

from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import HostKeyRefused, HostsFailed, OperationCancelled, SeraiError, ValidationFailed
from serai.hookspec.health import HealthColor
from serai.hookspec.listening import EventKind
from serai.hookspec.testing.fleet import said

LOST = "demo-workers-7"


def names(instances):
    return [instance.instance_name for instance in instances]


def create(engine, spec, **shape):
    return engine.clusters.create(spec(**shape)).result(60)


def warnings(engine):
    return [event for event in engine.clusters.events("demo") if event.kind is EventKind.WARNING]


def test_one_of_sixteen_frozen_does_not_hold_the_rest(engine, fleet, herd, spec):
    """Active without it within the deadline; result, events, store and health name it, and hooks do not see it."""
    fleet.host(LOST).freeze()
    began = time.monotonic()
    cluster = create(engine, spec, min_ready=15)
    assert time.monotonic() - began < 10
    assert cluster.status is ClusterStatus.ACTIVE
    assert cluster.status_reason.startswith(f"16/17 ready, {LOST} quarantined: [HOST_UNREACHABLE] no answer within")
    stored = engine.clusters.get("demo")
    assert (names(stored.quarantined), len(stored.instances)) == ([LOST], 16)
    assert stored.quarantined[0].fault == "[HOST_UNREACHABLE] no answer within 0.2 s"
    assert stored.node_group("workers").count == 16
    assert [event.host for event in warnings(engine)] == [LOST]
    report = engine.clusters.health("demo")
    found = {check.name: (check.color, check.reason) for check in report.checks}
    assert found[f"machine {LOST}"] == (HealthColor.YELLOW, f"quarantined: {stored.quarantined[0].fault}")
    assert report.color is HealthColor.YELLOW
    assert all(LOST not in seen for _, seen in herd.seen)


def test_without_a_quorum_it_is_an_error_until_the_thaw(engine, fleet, spec):
    """It names the host; a retry goes on when the host does."""
    fleet.host(LOST).freeze()
    with pytest.raises(HostsFailed, match=LOST) as caught:
        create(engine, spec)
    assert list(caught.value.failures) == [LOST]
    cluster = engine.clusters.get("demo")
    assert (cluster.status, cluster.quarantined) == (ClusterStatus.ERROR, [])
    assert LOST in cluster.status_reason
    fleet.host(LOST).thaw()
    cluster = engine.clusters.retry("demo").result(60)
    assert (cluster.status, cluster.status_reason, len(cluster.instances)) == (ClusterStatus.ACTIVE, "", 17)


def test_too_many_failures_stand_and_say_what_was_lacking(engine, fleet, spec):
    """Nothing is quarantined then, and a retry after the thaw has them all."""
    lost = [LOST, "demo-workers-9"]
    for name in lost:
        fleet.host(name).freeze()
    with pytest.raises(HostsFailed) as caught:
        create(engine, spec, min_ready=15)
    assert sorted(caught.value.failures) == lost
    assert caught.value.details["min_ready"] == ["workers: 15 must be ready, 14 of 16 would be"]
    assert engine.clusters.get("demo").quarantined == []
    for name in lost:
        fleet.host(name).thaw()
    assert len(engine.clusters.retry("demo").result(60).instances) == 17


def test_who_is_needed_is_not_done_without(engine, fleet, spec):
    """A failure on the leader stands, though the workers have a quorum."""
    fleet.host("demo-leader-1").freeze()
    fleet.host(LOST).freeze()
    with pytest.raises(HostsFailed, match="demo-leader-1"):
        create(engine, spec, min_ready=10)
    assert engine.clusters.get("demo").quarantined == []


def test_machines_fail_one_after_the_other_as_long_as_enough_are_left(engine, fleet, herd, spec):
    """In several phases, each with its reason; hooks are called again without them."""
    fleet.host("demo-workers-1").freeze()
    fleet.host("demo-workers-2").is_full = True
    fleet.host("demo-workers-3").processes.broken["sheep"] = "no grass"
    cluster = create(engine, spec, count=6, min_ready=3)
    assert [(i.instance_name, i.fault) for i in cluster.quarantined] == [
        ("demo-workers-1", "[HOST_UNREACHABLE] no answer within 0.2 s"),
        ("demo-workers-2", "[REMOTE_COMMAND_FAILED] put: /etc/sheep.conf: No space left on device"),
        ("demo-workers-3", "[SERVICE_FAILED] sheep ended with status 1"),
    ]
    assert [hook for hook, _ in herd.seen] == ["configure", "configure", "start", "start"]
    assert fleet.host("demo-workers-4").processes.listeners == {7000: "sheep"}


def test_a_quorum_that_is_lost_in_the_second_round_is_an_error(engine, fleet, spec):
    """What was quarantined in the first one stays so."""
    fleet.host("demo-workers-1").freeze()
    fleet.host("demo-workers-2").is_full = True
    with pytest.raises(HostsFailed, match="demo-workers-2"):
        create(engine, spec, count=3, min_ready=2)
    assert names(engine.clusters.get("demo").quarantined) == ["demo-workers-1"]
    fleet.host("demo-workers-2").is_full = False
    cluster = engine.clusters.retry("demo").result(60)
    assert cluster.status_reason.startswith("3/4 ready, demo-workers-1 quarantined")


def test_a_host_that_freezes_under_way_is_given_up_at_its_deadline(engine, fleet, herd, spec):
    """The step's own limit holds, whatever its calls would wait for; who was left behind there comes to an end."""
    ended = threading.Event()

    def work(instance):
        try:
            instance.remote.run("true", timeout=30)
            instance.remote.run("true")
        except SeraiError as error:
            ended.code = error.code
            ended.set()

    def start(instances, run):
        if LOST in names(instances):
            fleet.host(LOST).freeze()
        run.each(instances, work, step="start", timeout=0.5)

    herd.start = start
    began = time.monotonic()
    cluster = create(engine, spec, min_ready=15)
    assert time.monotonic() - began < 5
    assert [instance.fault for instance in cluster.quarantined] == ["[TIMEOUT] not done within 0.5 s"]
    fleet.host(LOST).thaw()
    assert ended.wait(5)
    assert ended.code == "NOT_CONNECTED"


@pytest.mark.parametrize("error", [HostKeyRefused("changed", host=LOST), ValidationFailed([])])
def test_some_errors_are_no_matter_of_doing_without(engine, herd, spec, error):
    """A machine that may be another is not silently left out."""

    def refuse(instances, run):
        def work(instance):
            if instance.instance_name == LOST:
                raise error

        run.each(instances, work, step="trust")

    herd.start = refuse
    with pytest.raises(HostsFailed):
        create(engine, spec, min_ready=1)
    assert engine.clusters.get("demo").quarantined == []


def test_cancelling_is_no_reason_to_do_without_a_machine(engine, fleet, spec):
    """It ends at once, though a host would be waited for, and nothing is quarantined."""
    host = fleet.host(LOST)
    host.connect_timeout = 60
    host.freeze()
    operation = engine.clusters.create(spec(min_ready=1))
    for event in operation.events():
        if event.kind is EventKind.HOST_FINISHED:
            began = time.monotonic()
            operation.cancel()
            break
    with pytest.raises(OperationCancelled):
        operation.result(30)
    assert time.monotonic() - began < 5
    assert engine.clusters.get("demo").quarantined == []


def test_an_error_about_no_machine_stands(engine, herd, spec):
    """There is nobody to do without."""

    def refuse(instances, run):
        raise SeraiError("no")

    herd.start = refuse
    with pytest.raises(SeraiError, match="no"):
        create(engine, spec, min_ready=0)


def test_an_error_of_one_named_host_counts_as_its_failure(engine, fleet, herd, spec):
    """Though nothing was fanned out."""

    def start(instances, run):
        for instance in instances:
            instance.remote.run("true")

    herd.start = start
    fleet.answer(["true"], lambda host, asked: said(status=1 if host.name == LOST else 0))
    assert names(create(engine, spec, min_ready=15).quarantined) == [LOST]


@pytest.fixture
def short(engine, fleet, spec):
    """A cluster that does without one of its four workers, whose host is frozen."""
    fleet.host("demo-workers-2").freeze()
    create(engine, spec, count=4, min_ready=2)
    return engine


def test_scaling_to_the_count_it_has_replaces_what_is_quarantined(short, fleet, herd):
    """The machine goes back to the provider, and a new one, of a new name, comes."""
    fleet.host("demo-workers-2").thaw()
    herd.seen.clear()
    cluster = short.clusters.scale("demo", {"workers": 4}).result(60)
    workers = cluster.node_group("workers")
    assert (workers.count, names(workers.instances)) == (4, [f"demo-workers-{n}" for n in (1, 3, 4, 5)])
    assert (workers.quarantined, cluster.status_reason) == ([], "")
    assert "demo-workers-2" not in {machine.name for machine in fleet.list_machines("")}
    assert herd.seen == [("configure", ["demo-workers-5"]), ("start", ["demo-workers-5"])]


def test_what_cannot_be_given_back_stays_listed_and_blocks_nothing(short, fleet):
    """With a warning; it is given back when that is asked for again and it can be."""
    cluster = short.clusters.scale("demo", {"workers": 5}).result(60)
    workers = cluster.node_group("workers")
    assert (len(workers.instances), names(workers.quarantined)) == (5, ["demo-workers-2"])
    assert cluster.status_reason.startswith("6/6 ready, demo-workers-2 quarantined")
    assert [event.host for event in warnings(short)] == ["demo-workers-2"] * 2
    fleet.host("demo-workers-2").thaw()
    cluster = short.clusters.scale("demo", {"workers": 5}).result(60)
    assert (cluster.quarantined, len(cluster.instances)) == ([], 6)


def test_shrinking_gives_the_quarantined_back_first(short, fleet):
    """Those in use stay as long as they are within the count."""
    fleet.host("demo-workers-2").thaw()
    cluster = short.clusters.scale("demo", {"workers": 3}).result(60)
    assert names(cluster.node_group("workers").instances) == [f"demo-workers-{n}" for n in (1, 3, 4)]
    assert cluster.quarantined == []


def test_a_new_machine_that_fails_is_quarantined_in_scaling_too(short, fleet):
    """As in creating."""
    fleet.host("demo-workers-2").thaw()
    fleet.host("demo-workers-5").is_full = True
    cluster = short.clusters.scale("demo", {"workers": 4}).result(60)
    assert names(cluster.quarantined) == ["demo-workers-5"]
    assert cluster.status_reason.startswith("4/5 ready")


def test_nothing_is_to_be_scaled_while_nothing_is_lacking(engine, spec):
    """Only a group that does without something has a reason to be filled up."""
    create(engine, spec, count=2, min_ready=1)
    with pytest.raises(ValidationFailed, match="nothing would change"):
        engine.clusters.scale("demo", {"workers": 2})


def test_deleting_removes_the_quarantined(short, fleet, herd):
    """Hooks do not see them, the provider does."""
    fleet.host("demo-workers-2").thaw()
    short.clusters.delete("demo").result(60)
    assert fleet.list_machines("") == []
    assert ("terminate", ["demo-leader-1", "demo-workers-1", "demo-workers-3", "demo-workers-4"]) in herd.seen


def test_a_forced_end_tells_the_quarantined_machine_it_left(short):
    """It is still frozen."""
    with pytest.raises(SeraiError, match="demo-workers-2"):
        short.clusters.delete("demo").result(60)
    short.clusters.delete("demo", force=True).result(60)
    assert "demo-workers-2" in short.clusters.operations("demo")[-1].state["left"][-1]


def test_a_retry_tries_again_what_was_done_without(engine, fleet, herd, spec):
    """Who was mended meanwhile is in use again; the others stay quarantined."""
    fleet.host(LOST).freeze()
    fleet.host("demo-workers-8").freeze()
    start, herd.start = herd.start, _never
    with pytest.raises(SeraiError, match="does not start"):
        create(engine, spec, min_ready=14)
    assert names(engine.clusters.get("demo").quarantined) == [LOST, "demo-workers-8"]
    herd.start = start
    fleet.host(LOST).thaw()
    cluster = engine.clusters.retry("demo").result(60)
    assert (cluster.status, names(cluster.quarantined)) == (ClusterStatus.ACTIVE, ["demo-workers-8"])
    assert LOST in names(cluster.instances)


def _never(instances, run):
    raise SeraiError("it does not start", code="STUCK")
