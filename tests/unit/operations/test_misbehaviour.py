"""Plugins that misbehave in an operation: it ends, says who did what, and holds nothing."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import ClassVar

import pytest
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.store.records import OperationRecord
from serai.hookspec import hookimpl
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.edp import JobOutput, JobSpec
from serai.hookspec.errors import ClusterBusy, InvalidResult, PluginFailed, SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.semantics import Role


class Tiny(Smallest):
    """The smallest plugin whose clusters live and scale."""

    services: ClassVar = {"Tiny": ["tiny"]}

    @hookimpl
    def scale_cluster(self): ...

    @hookimpl
    def decommission_nodes(self): ...


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Open an engine with a Tiny that has other implementations of some hooks."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "machines"))
    opened = []

    def open_with(executor=None, **hooks):
        kind = type("Changed", (Tiny,), {name: hookimpl(function) for name, function in hooks.items()})
        engine = Engine.open(
            plugins=[plugin("tiny", Role.PROVISIONING, kind())], executor=executor, cache=tmp_path / "cache"
        )
        opened.append(engine)
        return engine

    yield open_with
    for engine in opened:
        engine.close()


def spec(count=1):
    """A cluster of Tiny's."""
    group = {"name": "all", "count": count, "node_processes": ["tiny"]}
    return ClusterSpec.from_dict({"name": "t", "plugin_name": "tiny", "hadoop_version": "1", "node_groups": [group]})


class Odd:
    """Nothing JSON knows."""


def leave_object(self, cluster):
    cluster.extra["x"] = Odd()


def leave_nan(self, cluster):
    cluster.info["x"] = float("nan")


def leave_itself(self, cluster):
    cluster.extra["x"] = cluster.extra


def leave_no_dict(self, cluster):
    cluster.info = [1]


@pytest.mark.parametrize("hook", ["update_infra", "configure_cluster", "start_cluster"])
@pytest.mark.parametrize("leave", [leave_object, leave_nan, leave_itself, leave_no_dict])
def test_what_cannot_be_stored_fails_the_operation_and_holds_nothing(tiny, hook, leave):
    """The operation fails, naming plugin and place; the cluster can be deleted at once."""
    engine = tiny(**{hook: leave})
    with pytest.raises(InvalidResult, match="tiny 1"):
        engine.clusters.create(spec()).result(30)
    assert engine.clusters.get("t").status is ClusterStatus.ERROR
    engine.clusters.delete("t").result(30)
    assert engine.clusters.list() == []


def empty_groups(self, cluster):
    cluster.node_groups.clear()


def forget_provider(self, cluster):
    cluster.infrastructure = {}


def rename(self, cluster):
    cluster.name = "other"


def recount(self, cluster):
    cluster.node_groups[0].count = 3


def do_without(self, cluster):
    cluster.node_groups[0].quarantine(cluster.instances[0], "I do not like it")


@pytest.mark.parametrize("change", [empty_groups, forget_provider, rename, recount, do_without])
def test_what_is_not_a_plugins_to_change_is_put_back_and_told(tiny, change):
    """The engine does not believe a plugin about who the cluster is."""
    engine = tiny(configure_cluster=change)
    with pytest.raises(InvalidResult, match="configure_cluster changed"):
        engine.clusters.create(spec()).result(30)
    cluster = engine.clusters.get("t")
    groups = [(group.count, len(group.instances), len(group.quarantined)) for group in cluster.node_groups]
    assert (cluster.infrastructure, groups) == ({"provider": "local"}, [(1, 1, 0)])
    engine.clusters.delete("t").result(30)


def test_instances_are_handed_over_unchangeable(tiny):
    """A plugin that clears the list of those that leave does not keep them from leaving."""
    engine = tiny(decommission_nodes=lambda self, instances: instances.clear())
    engine.clusters.create(spec(2)).result(30)
    with pytest.raises(PluginFailed, match="'tuple' object has no attribute 'clear'"):
        engine.clusters.scale("t", {"all": 1}).result(30)
    assert len(engine.clusters.get("t").instances) == 2


@pytest.mark.parametrize("hook", ["configure_cluster", "on_terminate_cluster"])
def test_an_exit_in_a_hook_is_a_failure_of_the_plugin(tiny, hook):
    """SystemExit ends neither the engine nor, silently, the operation; a deletion goes on."""

    def leave(self, cluster):
        raise SystemExit(0)

    engine = tiny(**{hook: leave})
    operation = engine.clusters.create(spec())
    if hook == "configure_cluster":
        with pytest.raises(PluginFailed, match="SystemExit"):
            operation.result(30)
    else:
        operation.result(30)
    engine.clusters.delete("t").result(30)
    assert engine.clusters.list() == []


def test_giving_up_without_being_asked_is_no_cancellation(tiny):
    """Only who runs an operation cancels it."""
    from serai.hookspec.errors import OperationCancelled

    def give_up(self, cluster):
        raise OperationCancelled("no more")

    engine = tiny(start_cluster=give_up)
    with pytest.raises(SeraiError) as caught:
        engine.clusters.create(spec()).result(30)
    assert caught.value.code == "GIVEN_UP"


def test_an_executor_that_refuses_leaves_no_busy_cluster(tiny):
    """The operation is recorded as failed."""
    executor = ThreadPoolExecutor(1)
    engine = tiny(executor=executor)
    executor.shutdown()
    with pytest.raises(SeraiError) as caught:
        engine.clusters.create(spec())
    assert caught.value.code == "EXECUTOR_REFUSED"
    assert [record.status for record in engine.clusters.operations("t")] == ["failed"]


def test_close_waits_for_operations_in_a_passed_in_executor(tiny):
    """Nothing is cut off, whoever owns the threads."""
    ended = []

    def slow(self, run):
        run.wait_until(lambda: len(ended) or ended.append(1), what="a while", timeout=5)
        ended.append("done")

    with ThreadPoolExecutor(2) as executor:
        engine = tiny(executor=executor, start_cluster=slow)
        operation = engine.clusters.create(spec())
        engine.close()
        assert operation.done
        assert ended[-1] == "done"


def test_a_closed_engine_takes_nothing_more(tiny):
    """It says so, instead of starting what nobody will end."""
    engine = tiny()
    engine.close()
    with pytest.raises(SeraiError) as caught:
        engine.clusters.create(spec())
    assert caught.value.code in ("ENGINE_CLOSED", "STORE_CLOSED")


def test_two_deletions_are_one(tiny):
    """The second does not cancel the first."""
    engine = tiny(on_terminate_cluster=lambda self, run: run.wait_until(lambda: True, what="x", timeout=1))
    engine.clusters.create(spec()).result(30)
    first, second = engine.clusters.delete("t"), engine.clusters.delete("t")
    assert (first.result(30), second.result(30)) == (None, None)


def test_a_health_check_of_the_wrong_shape_does_not_lose_the_report(tiny):
    """The others are told, and the broken one is red."""

    def checks(self, cluster):
        return [
            HealthCheck("good", lambda: Health("green", "fine")),
            HealthCheck("purple", lambda: Health("purple")),
            HealthCheck("none", lambda: None),
        ]

    engine = tiny(get_health_checks=checks)
    engine.clusters.create(spec()).result(30)
    report = engine.clusters.health("t")
    found = {check.name: check.color for check in report.checks}
    assert (found["good"], found["purple"], found["none"]) == (HealthColor.GREEN, HealthColor.RED, HealthColor.RED)


class OddJobs:
    """A job engine that answers what it is told."""

    def __init__(self, submitted, status):
        self.submitted, self.status = submitted, status

    def run_job(self, execution):
        if isinstance(self.submitted, Exception):
            raise self.submitted
        return self.submitted

    def get_job_status(self, execution):
        return self.status

    def cancel_job(self, execution):
        return {"status": "KILLED"}

    def validate_job_execution(self, cluster, job, data): ...

    def get_job_output(self, execution):
        return JobOutput("", "")

    @staticmethod
    def get_possible_job_config(job_type):
        return {}

    @staticmethod
    def get_supported_job_types():
        return ["Shell"]


@pytest.mark.parametrize("submitted", [ZeroDivisionError("x"), None, ("id", "WHAT", None), (1, None, None)])
def test_a_job_engine_that_cannot_submit_is_named_and_the_job_has_failed(tiny, submitted):
    """No job stays pending that nobody runs."""
    engine = tiny(get_edp_engine=lambda self, cluster, job_type: OddJobs(submitted, None))
    engine.clusters.create(spec()).result(30)
    with pytest.raises(SeraiError, match="run_job") as caught:
        engine.jobs.submit("t", JobSpec("Shell"))
    assert caught.value.origin.plugin == "tiny"
    assert [job.status for job in engine.jobs.list()] == ["FAILED"]


@pytest.mark.parametrize("status", [{}, {"status": "WHAT"}, 7])
def test_a_job_status_that_means_nothing_is_an_error_of_the_plugin(tiny, status):
    """It is not taken for one."""
    engine = tiny(get_edp_engine=lambda self, cluster, job_type: OddJobs(("id", None, None), status))
    engine.clusters.create(spec()).result(30)
    job = engine.jobs.submit("t", JobSpec("Shell"))
    with pytest.raises(SeraiError, match="get_job_status"):
        job.refresh()


@pytest.mark.parametrize("ports", [[99999999], [-1], "7000"])
def test_ports_that_are_none_are_found_before_anything_is_made(tiny, ports):
    """plan and create agree."""
    engine = tiny(get_open_ports=lambda self, node_group: ports)
    with pytest.raises(InvalidResult, match="'tiny'"):
        engine.clusters.plan(spec())
    with pytest.raises(InvalidResult, match="'tiny'"):
        engine.clusters.create(spec())
    assert engine.clusters.list() == []


def test_a_forked_child_is_told_that_its_engine_stayed_behind(tiny, monkeypatch):
    """Its threads did not come along: waiting for them would be for ever."""
    engine = tiny()
    monkeypatch.setattr("serai.engine.operations.running.os.getpid", lambda: 1)
    with pytest.raises(SeraiError) as caught:
        engine.clusters.create(spec())
    assert caught.value.code == "ENGINE_FORKED"
    monkeypatch.undo()
    assert engine.clusters.list() == []


def test_a_forced_end_takes_over_from_an_engine_of_another_host(tiny):
    """A host that changed its name would else hold its clusters for ever."""
    engine = tiny()
    engine.clusters.create(spec()).result(30)
    cluster = engine.clusters.get("t")
    store = engine._store
    store.begin_operation(OperationRecord("far", cluster.id, "t", "scale", "running", owner="elsewhere:1:1"))
    with pytest.raises(ClusterBusy):
        engine.clusters.delete("t")
    engine.clusters.delete("t", force=True).result(30)
    assert engine.clusters.list() == []


def test_executors_of_processes_are_refused(tiny):
    """Operations share the engine's memory."""
    with ProcessPoolExecutor(1) as executor, pytest.raises(TypeError, match="threads"):
        tiny(executor=executor)
