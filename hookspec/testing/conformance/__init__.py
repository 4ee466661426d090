"""The conformance suite: what must hold of every plugin, each as a check that says what to do where it does not.

report = run_checks(MyPlugin())
assert report.is_clean, report

Or as tests of one's own, with ``class TestMine(Conformance): plugin = MyPlugin()``; or of a plugin that is installed,
with ``pytest --serai-plugin mine``.
"""

# ruff: noqa: I001 - checks are in the order of a cluster's life

from serai.hookspec.testing.conformance.checks import CHECKS, Check, NotApplicable, Outcome, Result, check
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.told import Testing, testing_of
from serai.hookspec.testing.conformance import declaration as declaration
from serai.hookspec.testing.conformance import configs as configs
from serai.hookspec.testing.conformance import validating as validating
from serai.hookspec.testing.conformance import provisioning as provisioning
from serai.hookspec.testing.conformance import listening as listening
from serai.hookspec.testing.conformance import failing as failing
from serai.hookspec.testing.conformance import conduct as conduct
from serai.hookspec.testing.conformance import scaling as scaling
from serai.hookspec.testing.conformance import draining as draining
from serai.hookspec.testing.conformance import secrecy as secrecy
from serai.hookspec.testing.conformance.report import Report, run_checks
from serai.hookspec.testing.conformance.suite import Conformance

__all__ = [
    "CHECKS",
    "Check",
    "Conformance",
    "NotApplicable",
    "Outcome",
    "Report",
    "Result",
    "Subject",
    "Testing",
    "check",
    "run_checks",
    "testing_of",
]
