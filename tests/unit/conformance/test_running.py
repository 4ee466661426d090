"""Ways to have a plugin checked."""

import os
import subprocess
import sys

import pytest
from attrs import evolve

from serai.builtin_plugins.dask.jobs import DaskShellEngine
from serai.hookspec import hookimpl
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobType
from serai.hookspec.errors import SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.conformance import CHECKS, Outcome, Subject, Testing, run_checks
from serai.hookspec.testing.conformance import testing_of as told_by

PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
QUICK = ("hooks", "versions", "configs")

LIT = Testing(join=lambda fleet: fleet.serve("light", lambda host, service, asked: "shines"))


class Light:
    """An auxiliary plugin: wherever it is asked to, a light shines, which holds nothing."""

    SERAI_TESTING = f"{__name__}:LIT"

    @hookimpl
    def extends(self):
        return True

    @hookimpl
    def get_node_processes(self):
        return {"Light": ["light"]}

    @hookimpl
    def get_open_ports(self, node_group):
        return [9000] if "light" in node_group.node_processes else []

    @hookimpl
    def start_cluster(self, cluster, run):
        run.each(cluster.instances_with("light"), self._start, step="Light")

    @hookimpl
    def scale_cluster(self, instances, run):
        run.each([each for each in instances if "light" in each.node_group.node_processes], self._start, step="Light")

    @hookimpl
    def on_terminate_cluster(self, cluster, run):
        run.each(cluster.instances_with("light"), lambda each: each.remote.services.stop("light"), step="Put out")

    @hookimpl
    def get_health_checks(self, cluster):
        return [
            HealthCheck(f"light {each.instance_name}", lambda each=each: self._look(each))
            for each in cluster.instances_with("light")
        ]

    def _look(self, instance):
        runs = instance.remote.services.status("light")["light"].is_running
        return Health(HealthColor.GREEN if runs else HealthColor.RED, "shines" if runs else "is dark")

    def _start(self, instance):
        address = instance.internal_ip
        instance.remote.services.start(Service("light", ["light"], ready=[Listening(9000, address)]))
        instance.remote.http(f"http://{address}:9000/")


def test_a_report_tells_what_is_wrong_and_what_to_do(sound, testing):
    """With the check, its claim, and a fix for each finding."""
    plugin = type("Broken", (sound,), {"services": {}})()
    report = run_checks(plugin, name="mine", testing=testing, only=[*QUICK, "processes", "config-targets"])
    assert not report.is_clean
    assert str(report) == (
        "mine: 3 passed, 1 failed, 1 not run\n"
        "failed: processes: There are processes, and each belongs to one service.\n"
        "  - 2 has no process\n"
        "  - 1 has no process\n"
        "  fix: return {service: [process, …]}, each process once"
    )


def test_a_report_is_data_for_programs(sound, testing):
    """A check each, with what came of it."""
    report = run_checks(sound(), name="mine", testing=testing, only=QUICK).to_dict()
    assert report["clean"] is True
    assert [(each["name"], each["outcome"]) for each in report["checks"]] == [(name, "passed") for name in QUICK]


def test_there_is_no_check_that_nobody_made(sound, testing):
    """A name that is misspelt is no check that passes."""
    with pytest.raises(KeyError):
        run_checks(sound(), testing=testing, only=["hook"])


def test_what_a_plugin_tells_of_its_tests_must_be_there(sound):
    """It says what is not."""
    assert told_by(sound()) == Testing()
    with pytest.raises(SeraiError, match="nowhere"):
        told_by(type("Wrong", (), {"SERAI_TESTING": "nowhere:TESTING"})())
    with pytest.raises(SeraiError, match="no Testing"):
        told_by(type("Wrong", (), {"SERAI_TESTING": "json:dumps"})())


def test_a_check_whose_need_has_not_passed_is_not_run(sound, testing):
    """It would find the same once more."""
    subject = Subject({"mine": type("Broken", (sound,), {"services": {}})()}, testing)
    result = subject.result(CHECKS["config-targets"])
    assert (result.outcome, result.reason) == (Outcome.NOT_RUN, "processes has not passed")


def test_what_leaves_again_is_a_group_that_may_shrink(sound, testing):
    """Where that takes more instances than the simplest cluster has, as where each thing is kept on three of them."""

    def validate_scaling(self, cluster, existing):
        left = min(existing.get(group.name, group.count) - group.count for group in cluster.groups_with("hand"))
        if left < 0 and cluster.count_of("hand") + left < 3:
            return [ValidationError(None, "three are needed", "node_groups", "TOO_FEW")]
        return sound.validate_scaling(self, cluster, existing)

    told = evolve(testing, topologies=({"chief": 1, "hand": (1, 2, 3)},))
    subject = Subject({"mine": type("Keeping", (sound,), {"validate_scaling": hookimpl(validate_scaling)})()}, told)
    [(cluster, group)] = subject.shrinkable
    assert cluster.node_group(group).count == 3


def test_jobs_may_take_more_than_the_simplest_cluster_has(sound, testing):
    """There is an engine in a cluster that has it."""

    def get_edp_engine(self, cluster, job_type):
        return DaskShellEngine(cluster) if cluster.count_of("scribe") else None

    told = {
        "services": {"Sound": [*sound.services["Sound"], "scribe"]},
        "get_edp_job_types": hookimpl(lambda self: {"2": [str(JobType.SHELL)], "1": []}),
        "get_edp_engine": hookimpl(get_edp_engine),
    }
    report = run_checks(type("Working", (sound,), told)(), name="mine", testing=testing, only=["jobs"])
    assert [each.outcome for each in report.results] == [Outcome.PASSED], report


def test_every_check_says_what_it_claims_and_what_to_do():
    """In a sentence."""
    assert all(each.claim.endswith(".") and each.fix for each in CHECKS.values())


@pytest.mark.slow
def test_an_auxiliary_plugin_is_looked_at_together_with_one_that_it_extends(sound, testing):
    """Hosts answer for both, and nobody is asked before something leaves that holds nothing."""
    plugins = {"sound": sound(), "light": Light()}
    report = run_checks(plugins, testing=testing, examples=3)
    assert report.is_clean, report
    dark = {**plugins, "light": type("Dark", (Light,), {"SERAI_TESTING": None})()}
    assert [each.check.name for each in run_checks(dark, testing=testing, only=["provisions"]).failed] == ["provisions"]


@pytest.mark.slow
def test_pytest_checks_an_installed_plugin(tmp_path):
    """And nothing else, where no files are named."""
    tmp_path.joinpath("test_other.py").write_text("def test_other(): raise AssertionError\n")
    done = subprocess.run(
        [*PYTEST, "--serai-plugin", "dask", "--collect-only"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.count("dask::") == len(CHECKS), done.stdout + done.stderr
    assert "test_other" not in done.stdout


@pytest.mark.slow
def test_pytest_says_which_plugins_there_are(tmp_path):
    """Where one is named that is not."""
    done = subprocess.run([*PYTEST, "--serai-plugin", "dusk"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 4
    assert "no provisioning plugin 'dusk' is installed; there are dask" in done.stderr


@pytest.mark.slow
def test_pytest_says_that_a_plugin_cannot_be_imported(tmp_path):
    """In a line, without pytest's own tracebacks."""
    tmp_path.joinpath("torn.py").write_text("raise OSError('torn in two')\n")
    about = tmp_path / "torn-1.0.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: torn\nVersion: 1.0\n")
    about.joinpath("entry_points.txt").write_text("[serai.provisioning]\ntorn = torn:TORN\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [*PYTEST, "--serai-plugin", "torn"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 4
    assert done.stderr == "ERROR: torn cannot be imported from torn:TORN: OSError: torn in two\n\n"


def test_the_plugin_of_pytest_costs_nothing_when_not_asked_for(tmp_path):
    """Neither hypothesis nor the suite is imported."""
    code = (
        "import sys, serai.hookspec.testing.pytest_plugin;"
        "print([name for name in ('hypothesis', 'pytest', 'serai.hookspec.cluster') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
