"""Each check finds what it is for, and no other check finds it: a sound plugin, broken in one way at a time."""

import logging

import pytest
from attrs import evolve
from unit.conformance.breaks.every import BREAKS
from unit.conformance.breaks.parts import with_scribe
from unit.conformance.breaks.secrecy import secret_in_a_log

from serai.hookspec.testing.conformance import CHECKS, Outcome, run_checks


@pytest.mark.slow
def test_the_sound_plugin_passes_every_check(sound, testing):
    """But for that of jobs, which it has none of."""
    report = run_checks(sound(), name="sound", testing=testing, examples=6)
    assert report.is_clean, report
    assert [each.check.name for each in report.results if each.outcome is not Outcome.PASSED] == ["jobs"]


@pytest.mark.slow
def test_a_process_that_the_simplest_cluster_has_not_is_looked_at_and_found_sound(sound, testing):
    """In a cluster that has it."""
    report = run_checks(type("Scribing", (sound,), with_scribe(sound))(), name="scribing", testing=testing, examples=6)
    assert report.is_clean, report


@pytest.mark.slow
def test_a_topology_that_is_told_and_refused_is_a_finding(sound, testing):
    """Of one that allows several, it is enough that one is accepted."""
    told = evolve(testing, topologies=({"chief": 1, "hand": range(3)}, {"chief": 2, "hand": 1}))
    report = run_checks(sound(), name="sound", testing=told, examples=6)
    assert [each.check.name for each in report.failed] == ["examples"], report
    [problem] = report.failed[0].problems
    assert "{'chief': 2, 'hand': 1}" in problem
    assert "one chief is wanted" in problem


@pytest.mark.slow
@pytest.mark.parametrize(("broken", "check"), BREAKS, ids=[f"{check}-{n}" for n, (_, check) in enumerate(BREAKS)])
def test_a_break_is_found_by_its_check_alone(broken, check, sound, testing):
    """The others pass, or are not run since they need that one."""
    plugin = type("Broken", (sound,), broken(sound))()
    report = run_checks(plugin, name="broken", testing=testing, examples=6)
    assert [each.check.name for each in report.failed] == [check], report


def test_every_check_has_a_plugin_that_it_finds():
    """No check is there that never failed."""
    assert {check for _, check in BREAKS} == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "value"),
    [("level", logging.ERROR), ("propagate", False), ("disabled", True)],
    ids=["level", "propagate", "disabled"],
)
def test_a_secret_in_a_log_is_heard_whatever_is_set_of_loggers(setting, value, sound, testing, monkeypatch):
    """Who runs the plugin may set others: the command that runs the suite keeps its records to itself."""
    monkeypatch.setattr(logging.getLogger("serai"), setting, value)
    plugin = type("Broken", (sound,), secret_in_a_log(sound))()
    report = run_checks(plugin, name="broken", testing=testing, examples=6, only=["secrets"])
    assert [each.check.name for each in report.failed] == ["secrets"], report


def test_listening_for_secrets_leaves_loggers_as_they_were(sound, testing, monkeypatch):
    logger = logging.getLogger("serai")
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "level", logging.ERROR)
    run_checks(sound(), name="sound", testing=testing, examples=2, only=["secrets"])
    assert (logger.propagate, logger.level) == (False, logging.ERROR)
