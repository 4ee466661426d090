"""Operations in memory."""

import threading
import time

import pytest
from smallest_plugin import Smallest

from serai.hookspec.artifacts import Artifact, PyPI
from serai.hookspec.errors import DeadlineExceeded, HostsFailed, OperationCancelled, RemoteError
from serai.hookspec.testing.fleet import Crash
from serai.hookspec.testing.stage import Stage, StageRun


@pytest.fixture
def stage():
    return Stage(Smallest())


@pytest.fixture
def instances(stage):
    return stage.cluster({"g": (["smallest"], 3)}).instances


@pytest.fixture
def run(stage):
    return stage.run()


def test_results_come_in_the_order_of_the_instances(run, instances):
    """And the steps are on record."""
    assert run.each(instances, lambda each: each.internal_ip, step="Look") == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert run.fan_outs == [("Look", ("demo-g-1", "demo-g-2", "demo-g-3"))]
    assert run.steps == ["Look"]


def test_every_failure_is_kept(run, instances):
    """The others are done all the same."""
    done = []

    def work(instance):
        if instance is instances[1]:
            raise RemoteError("no", host=instance.instance_name)
        done.append(instance.instance_name)

    with pytest.raises(HostsFailed) as caught:
        run.each(instances, work, step="Work")
    assert list(caught.value.failures) == ["demo-g-2"]
    assert done == ["demo-g-1", "demo-g-3"]
    assert run.failed == ["Work"]


def test_a_crash_is_no_failure_of_a_host(run, instances):
    """Everything stops there."""
    done = []

    def work(instance):
        done.append(instance)
        raise Crash

    with pytest.raises(Crash):
        run.each(instances, work, step="Work")
    assert len(done) == 1


def test_threads_work_at_the_same_time(instances, stage):
    """Each waits for the others here: one after the other, none would end."""
    together = threading.Barrier(3, timeout=30)
    assert len(StageRun(stage.fleet.clock, threads=3).each(instances, lambda _: together.wait(), step="Meet")) == 3


def test_waiting_in_vain_takes_no_time_and_says_what_was_waited_for(run, stage):
    """The last answer, too."""

    def probe():
        raise RemoteError("not yet")

    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"the tide did not happen within 7200 s; .*not yet"):
        run.wait_until(probe, what="the tide", timeout=7200)
    assert stage.fleet.clock.now() == pytest.approx(7200)
    assert time.monotonic() - began < 60


def test_waiting_ends_with_what_the_probe_returns(run):
    """As soon as it is true."""
    answers = iter([None, 0, "now"])
    assert run.wait_until(lambda: next(answers), what="it", timeout=10) == "now"


def test_an_instance_that_takes_too_long_has_failed(run, instances, stage):
    """In the fleet's time."""
    with pytest.raises(HostsFailed, match="not done within 5 s"):
        run.each(instances[:1], lambda _: stage.fleet.clock.sleep(6), step="Sleep", timeout=5)


def test_a_cancelled_operation_begins_nothing_more(run, instances):
    """Not even in the middle of a fan-out."""
    done = []

    def work(instance):
        done.append(instance)
        run.cancel()

    with pytest.raises(OperationCancelled):
        run.each(instances, work, step="Work")
    assert len(done) == 1
    with pytest.raises(OperationCancelled):
        run.wait_until(lambda: True, what="it", timeout=1)


def test_an_artifact_is_a_directory_on_its_host(run, instances, stage):
    """The same each time it is asked for."""
    artifact = Artifact("tool", "1.2", (PyPI(("tool==1.2",)),))
    path = run.artifact(instances[0], artifact)
    assert run.artifact(instances[0], artifact) == path
    assert any(file.startswith(f"{path}/") for file in stage.fleet.host("demo-g-1").files)
    assert run.artifacts == [("demo-g-1", artifact)] * 2
