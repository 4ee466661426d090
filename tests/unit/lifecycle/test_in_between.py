"""What comes between looking at a cluster and beginning what was decided then: it is told, and nothing is begun."""

import pytest

from serai.engine import ClusterSpec
from serai.hookspec.errors import ClusterBusy, SeraiError, WrongStatus


@pytest.fixture
def between(engine, monkeypatch):
    """Have something happen when an operation has been decided on and is about to begin."""

    def between(happening):
        real = engine._operations.begin

        def late(*arguments, **options):
            monkeypatch.setattr(engine._operations, "begin", real)
            happening()
            return real(*arguments, **options)

        monkeypatch.setattr(engine._operations, "begin", late)

    return between


def grown(spec, count):
    return ClusterSpec.from_dict({**spec(count).to_dict(), "description": "grown"})


def fails(operation):
    with pytest.raises(SeraiError):
        operation.result(30)


ASKED = {
    "scale": lambda engine, spec: engine.clusters.scale("demo", {"workers": 1}),
    "apply": lambda engine, spec: engine.clusters.apply(grown(spec, 3)),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_another_scaling_left_is_not_overlooked(engine, spec, fleet, between, asked):
    """It failed, with machines asked for: whoever takes its place must know of them."""
    engine.clusters.create(spec(2)).result(30)
    fleet.host("demo-workers-3").is_cut_off = True
    between(lambda: fails(engine.clusters.scale("demo", {"workers": 3})))
    with pytest.raises(WrongStatus) as caught:
        ASKED[asked](engine, spec)
    assert caught.value.code == "CLUSTER_CHANGED"
    assert "scale" in caught.value.message
    assert [record.kind for record in engine.clusters.operations("demo")] == ["create", "scale"]
    fleet.host("demo-workers-3").is_cut_off = False
    assert len(engine.clusters.scale("demo", {"workers": 1}).result(30).instances) == 2
    assert len(fleet.list_machines("")) == 2


def test_what_was_retried_already_is_not_done_again(engine, spec, fleet, between):
    """Two people ask for it, and one is quicker."""
    fleet.host("demo-workers-2").is_cut_off = True
    fails(engine.clusters.create(spec(2)))
    fleet.host("demo-workers-2").is_cut_off = False
    between(lambda: engine.clusters.retry("demo").result(30))
    with pytest.raises(WrongStatus, match="has changed since"):
        engine.clusters.retry("demo")
    assert [record.status for record in engine.clusters.operations("demo")] == ["failed", "succeeded"]


def test_an_operation_that_is_at_work_is_told_of(engine, spec, herd, between, monkeypatch):
    """Whatever the cluster's status is meanwhile."""
    engine.clusters.create(spec(2)).result(30)
    running = []
    monkeypatch.setattr(herd, "configure", lambda instances, run: run.wait_until(lambda: False, what="it", timeout=30))
    running.append(engine.clusters.scale("demo", {"workers": 3}))
    next(event for event in running[0].events() if (event.kind, event.phase) == ("phase.started", "configure"))
    for ask in ASKED.values():
        with pytest.raises(ClusterBusy):
            ask(engine, spec)
    running[0].cancel()
    fails(running[0])
