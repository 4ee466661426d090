"""The checks as tests of pytest, in one class."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from serai.hookspec.testing.conformance.checks import CHECKS, Outcome
from serai.hookspec.testing.conformance.subject import Subject, Testing, testing_of


class Conformance:
    """Inherit from it in a module of tests, and tell the plugin: ``class TestMine(Conformance): plugin = MINE``.

    Attributes:
        plugin: the provisioning plugin, or plugins by name: the provisioning plugin first, then auxiliaries.
        testing: what the author tells; what the plugin names as ``SERAI_TESTING`` when None.
        examples: how many examples a property is tried with.
    """

    plugin: ClassVar[Any] = None
    testing: ClassVar[Testing | None] = None
    examples: ClassVar[int] = 20

    @pytest.fixture(scope="class")
    def subject(self) -> Subject:
        """The plugin; what was found out for one test is known to the next."""
        plugin = type(self).plugin
        plugins = plugin if isinstance(plugin, Mapping) else {type(plugin).__name__.lower(): plugin}
        told = type(self).testing or testing_of(next(iter(plugins.values())))
        return Subject(plugins, told, examples=type(self).examples)

    @pytest.mark.parametrize("name", list(CHECKS))
    def test_conforms(self, subject: Subject, name: str) -> None:
        """A check of the suite."""
        judge(subject, name)


def judge(subject: Subject, name: str) -> None:
    """Fail a test where a check finds something, and skip it where there is nothing to look at."""
    result = subject.result(CHECKS[name])
    if result.outcome is Outcome.FAILED:
        pytest.fail(str(result), pytrace=False)
    if result.outcome is not Outcome.PASSED:
        pytest.skip(result.reason)
