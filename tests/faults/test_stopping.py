"""Cancelling, going on, ending: at any moment, any number of times, on a real Dask cluster and on hosts in memory."""

import pytest

from faults.kinds import DASK
from faults.sleepers import sleepers
from serai.engine import ClusterSpec
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import OperationCancelled, SeraiError
from serai.hookspec.health import HealthColor

PHASES = ("validate", "spawn", "wait", "configure", "start")


def cancelled_in(operation, phase):
    """Cancel an operation as soon as a phase has begun; what it ends with."""
    for event in operation.events():
        if event.kind == "phase.started" and event.phase == phase:
            operation.cancel()
    with pytest.raises(OperationCancelled) as caught:
        operation.result(30)
    return caught.value


def test_cancelled_in_phase_after_phase_a_dask_cluster_is_finished_in_the_end(life):
    """Each retry goes on where the last was stopped, and each stop tells what there is."""
    with life.engine("manual") as engine:
        operation = engine.clusters.create(ClusterSpec.from_dict(DASK.document(2, False)))
        for phase in PHASES:
            stopped = cancelled_in(operation, phase)
            cluster = engine.clusters.get("demo")
            assert cluster.status is ClusterStatus.ERROR
            there = [line.split()[0] for line in stopped.details["machines"] if "asked for" not in line]
            assert there == [instance.instance_name for instance in cluster.instances]
            operation = engine.clusters.retry("demo")
        assert operation.result(60).status is ClusterStatus.ACTIVE
        assert engine.clusters.health("demo").color is HealthColor.GREEN
        engine.clusters.delete("demo").result(60)
    assert (life.left(), life.twice()) == ([], [])


@pytest.mark.parametrize("phase", PHASES)
def test_cancelled_anywhere_it_can_be_deleted(life, phase):
    """Nothing is left."""
    with life.engine("manual") as engine:
        cancelled_in(engine.clusters.create(sleepers(count=3)), phase)
        engine.clusters.delete("demo").result(60)
        assert engine.clusters.list() == []
    assert (life.left(), life.twice()) == ([], [])


def test_a_cancelled_scaling_gives_way_to_another(life):
    """Whoever changed their mind is not held to the first."""
    with life.engine("manual") as engine:
        engine.clusters.create(sleepers(count=2)).result(30)
        cancelled_in(engine.clusters.scale("demo", {"beds": 5}), "configure")
        assert engine.clusters.scale("demo", {"beds": 2}).result(30).status is ClusterStatus.ACTIVE
        cancelled_in(engine.clusters.scale("demo", {"beds": 1}), "decommission")
        cluster = engine.clusters.scale("demo", {"beds": 3}).result(30)
        assert (cluster.status, len(cluster.instances)) == (ClusterStatus.ACTIVE, 3)
        assert engine.clusters.orphans(["counted"]).orphans == ()
    assert life.twice() == []


def test_a_host_that_a_human_mends_is_gone_on_with(life):
    """Retried before that it fails again, any number of times; after it, it goes on."""
    with life.engine("manual") as engine:
        cancelled_in(engine.clusters.create(sleepers(count=2)), "wait")
        (machine, _) = sorted((life.root / "machines").glob("*/*/"))
        (machine / "conf").write_text("in the way")
        for _ in range(3):
            with pytest.raises(SeraiError) as caught:
                engine.clusters.retry("demo").result(30)
            assert machine.name in str(caught.value)
        (machine / "conf").unlink()
        assert engine.clusters.retry("demo").result(30).status is ClusterStatus.ACTIVE
