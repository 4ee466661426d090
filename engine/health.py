"""How a cluster is: every check run in parallel, each within its limit."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import evolve, frozen

from serai.engine import log_context
from serai.engine.operations.fanout import Outcome, fan_out
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.errors import DeadlineExceeded, SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor

REACH_TIMEOUT = 15.0
"""Seconds a machine may take to answer."""


@frozen
class CheckResult:
    """What one check found, and how long it took."""

    name: str
    color: HealthColor
    reason: str
    seconds: float


@frozen
class HealthReport:
    """How a cluster is.

    Attributes:
        cluster: its name.
        color: the worst of the checks; green when there are none.
        checks: each check, the worst first.
        at: when, in UTC.
    """

    cluster: str
    color: HealthColor
    checks: tuple[CheckResult, ...]
    at: datetime


def examine(cluster: str, checks: Sequence[HealthCheck], at: datetime) -> HealthReport:
    """Run checks and report.

    Args:
        cluster: the cluster's name.
        checks: what to look at.
        at: the time to put on the report.
    """

    def look(check: HealthCheck) -> Health:
        with log_context.at(hook="get_health_checks"):
            return check.check()

    outcomes = fan_out(
        checks,
        look,
        name=lambda check: check.name,
        limit=lambda check: check.timeout,
        cancelled=threading.Event(),
    )
    results = sorted(
        (_result(outcome) for batch in outcomes for outcome in batch), key=lambda r: (-r.color.severity, r.name)
    )
    worst = max((result.color for result in results), key=lambda color: color.severity, default=HealthColor.GREEN)
    return HealthReport(cluster, worst, tuple(results), at)


def _result(outcome: Outcome[HealthCheck, Health]) -> CheckResult:
    check, health, error = outcome.item, outcome.result, outcome.error
    if isinstance(error, DeadlineExceeded) or outcome.seconds > check.timeout:
        found = Health(HealthColor.YELLOW, f"no answer within {check.timeout:g} s")
    elif error is not None:
        told = str(error) if isinstance(error, SeraiError) else f"{type(error).__name__}: {error}"
        found = Health(HealthColor.RED, told)
    elif isinstance(health, Health):
        found = health
    else:
        found = Health(HealthColor.RED, f"the check returned {type(health).__name__}, not Health")
    return CheckResult(check.name, found.color, found.reason, round(outcome.seconds, 3))


def discreet_report(report: HealthReport, mask: Callable[[str], str]) -> HealthReport:
    """A report with secrets taken out of its reasons.

    Args:
        report: the report.
        mask: takes them out of a text.
    """
    return evolve(report, checks=tuple(evolve(check, reason=mask(check.reason)) for check in report.checks))


def machine_checks(cluster: Cluster) -> list[HealthCheck]:
    """The engine's own checks: every machine in use answers; each that the cluster does without is told of."""
    return [*_answering(cluster.instances), *map(_quarantined, cluster.quarantined)]


def _quarantined(instance: Instance) -> HealthCheck:
    found = Health(HealthColor.YELLOW, f"quarantined: {instance.fault}")
    return HealthCheck(f"machine {instance.instance_name}", lambda: found)


def _answering(instances: Sequence[Instance]) -> list[HealthCheck]:

    def look(instance: Instance) -> Health:
        with log_context.at(hook=""):  # no plugin asks
            instance.remote.run("true", timeout=REACH_TIMEOUT)
        return Health(HealthColor.GREEN, "answers")

    return [
        HealthCheck(f"machine {instance.instance_name}", lambda instance=instance: look(instance), REACH_TIMEOUT + 1)  # type: ignore[misc]
        for instance in instances
    ]
