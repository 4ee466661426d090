"""Whatever hangs outside of operations is left behind in time, and named: plugin and hook."""

import time
from collections.abc import Callable

import pytest

from faults.test_bad_hooks import OVER, SPARED, Tiny, bad, hang, spec
from serai.engine import Engine
from serai.hookspec import hookimpl
from serai.hookspec.edp import JobOutput, JobSpec, JobStatus
from serai.hookspec.errors import SeraiError
from serai.hookspec.testing.fleet import Fleet

__all__ = ["bad"]


class Tinker:
    """A job engine whose jobs have ended before anybody looks."""

    stuck = ""

    def run_job(self, execution):
        self._perhaps("run_job")
        return "1", JobStatus.RUNNING, None

    def get_job_status(self, execution):
        self._perhaps("get_job_status")
        return {"status": JobStatus.RUNNING}

    def cancel_job(self, execution):
        self._perhaps("cancel_job")
        return {"status": JobStatus.KILLED}

    def validate_job_execution(self, cluster, job, data):
        self._perhaps("validate_job_execution")

    def get_job_output(self, execution):
        self._perhaps("get_job_output")
        return JobOutput("", "")

    def get_possible_job_config(self, job_type):
        return {}

    def get_supported_job_types(self):
        return ["Shell"]

    def _perhaps(self, method):
        if Tinker.stuck == method:
            OVER.wait(60)


@pytest.fixture(autouse=True)
def more_hooks(monkeypatch):
    """The plugin and the provider with the hooks that nothing but looks calls."""
    monkeypatch.setattr(Tinker, "stuck", "")
    for name, answer in _ANSWERS.items():
        monkeypatch.setattr(Tiny, name, hookimpl(answer), raising=False)
    monkeypatch.setattr(Fleet, "validate_infrastructure", hookimpl(_no_errors), raising=False)


def _no_errors(self, cluster):
    return []


def _validate_scaling(self, cluster, existing):
    return []


def _get_disruptions(self, cluster, changes):
    return []


def _get_update_policy(self, config):
    return None


def _get_open_ports(self, node_group):
    return []


def _get_edp_engine(self, cluster, job_type):
    return Tinker()


_ANSWERS = {
    "validate_scaling": _validate_scaling,
    "get_disruptions": _get_disruptions,
    "get_update_policy": _get_update_policy,
    "get_open_ports": _get_open_ports,
    "get_edp_engine": _get_edp_engine,
}


def _run(engine: Engine) -> object:
    return engine.jobs.submit("t", JobSpec(type="Shell", main="x"))


LOOKS: dict[str, tuple[Callable[[Engine], object], tuple[str, ...]]] = {
    "plan": (
        lambda engine: engine.clusters.plan(spec("u")),
        (
            "get_versions",
            "get_configs",
            "get_node_processes",
            "recommend_configs",
            "validate",
            "get_open_ports",
            "get_root_commands",
            "validate_infrastructure",
            "get_machine_facts",
        ),
    ),
    "scale": (lambda engine: engine.clusters.scale("t", {"all": 3}), ("validate_scaling", "list_machines")),
    "change": (
        lambda engine: engine.clusters.plan_changes(spec(value=2)),
        ("get_update_policy", "get_disruptions"),
    ),
    "look": (lambda engine: engine.clusters.health("t"), ("get_health_checks", "get_endpoint")),
    "job": (_run, ("get_edp_engine",)),
}
OF_PROVIDERS = ("validate_infrastructure", "get_machine_facts", "list_machines", "get_endpoint")
ON_THE_WAY = ("get_versions", "get_configs", "get_node_processes")
"""Without their answers documents cannot be read: they are among the errors of the document."""
EACH = [(act, hook) for act, (_, hooks) in LOOKS.items() for hook in hooks]


@pytest.mark.parametrize(("act", "hook"), EACH)
def test_a_look_ends_in_time_and_names_who_kept_it(bad, monkeypatch, act, hook):
    """Nothing was begun; with the hook mended the same engine answers."""
    kind = Fleet if hook in OF_PROVIDERS else Tiny
    monkeypatch.setattr("faults.test_bad_hooks.PROVIDING", OF_PROVIDERS)
    engine, trap = bad(hook, hang)
    SPARED.set(False)
    if act != "plan":
        engine.clusters.create(spec()).result(30)
    trap.is_set, began = True, time.monotonic()
    with pytest.raises(SeraiError) as caught:
        LOOKS[act][0](engine)
    assert time.monotonic() - began < 5
    if hook in ON_THE_WAY:
        assert f"'tiny' in {hook} did not return" in str(caught.value), caught.value
    else:
        origin = caught.value.origin
        assert (caught.value.code, origin.plugin, origin.hook) == ("HOOK_TIMEOUT", _name(kind), hook)
    trap.is_set = False
    LOOKS[act][0](engine)


def _name(kind: type) -> str:
    return "fleet" if kind is Fleet else "tiny"


@pytest.mark.parametrize(
    "method", ["validate_job_execution", "run_job", "get_job_status", "cancel_job", "get_job_output"]
)
def test_a_job_engine_that_hangs_is_left_behind(bad, method):
    """It is named with the hook that gave it."""
    engine, _ = bad("validate", hang)
    engine.clusters.create(spec()).result(30)
    job = None if method in ("validate_job_execution", "run_job") else _run(engine)
    Tinker.stuck = method
    acts = {"get_job_status": "refresh", "cancel_job": "cancel", "get_job_output": "output"}
    with pytest.raises(SeraiError) as caught:
        _run(engine) if job is None else getattr(job, acts[method])()
    origin = caught.value.origin
    assert (caught.value.code, origin.plugin) == ("HOOK_TIMEOUT", "tiny")
    assert origin.hook == f"get_edp_engine, Tinker.{method}"
