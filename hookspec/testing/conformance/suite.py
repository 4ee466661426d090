"""The checks as tests of pytest, in one class."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from serai.hookspec.testing.conformance.checks import CHECKS, Outcome
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.told import Testing, told_together


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
    _subject: ClassVar[Subject]

    @classmethod
    def subject(cls) -> Subject:
        """The plugin; what was found out for one test is known to the next."""
        if "_subject" not in cls.__dict__:
            plugins = cls.plugin if isinstance(cls.plugin, Mapping) else {type(cls.plugin).__name__.lower(): cls.plugin}
            cls._subject = Subject(plugins, told_together(plugins, cls.testing), examples=cls.examples)
        return cls._subject

    @pytest.mark.parametrize("name", list(CHECKS))
    def test_conforms(self, name: str) -> None:
        """A check of the suite."""
        judge(self.subject(), name)


def judge(subject: Subject, name: str) -> None:
    """Fail a test where a check finds something, and skip it where there is nothing to look at."""
    result = subject.result(CHECKS[name])
    if result.outcome is Outcome.FAILED:
        pytest.fail(str(result), pytrace=False)
    if result.outcome is not Outcome.PASSED:
        pytest.skip(result.reason)
