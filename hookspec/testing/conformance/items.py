"""The checks of an installed plugin as items of pytest."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest

from serai.hookspec.semantics import Role
from serai.hookspec.testing.conformance import CHECKS, Subject, testing_of
from serai.hookspec.testing.conformance.suite import judge


class CheckItem(pytest.Item):
    """One check of one plugin."""

    def __init__(self, *, subject: Subject, check: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._subject = subject
        self._check = check

    def runtest(self) -> None:
        judge(self._subject, self._check)

    def reportinfo(self) -> tuple[str, None, str]:
        return "serai", None, self.name


def collected(session: pytest.Session, plugin: str) -> Iterator[CheckItem]:
    """The checks of a plugin.

    Args:
        session: where they are run.
        plugin: the name of its entry point.

    Raises:
        pytest.UsageError: no installed plugin has that name, or it cannot be had.
    """
    known = {each.name: each for each in entry_points(group=Role.PROVISIONING.entry_point_group)}
    if plugin not in known:
        raise pytest.UsageError(f"no provisioning plugin {plugin!r} is installed; there are {', '.join(sorted(known))}")
    try:
        loaded = known[plugin].load()
        subject = Subject({plugin: loaded}, testing_of(loaded))
    except Exception as error:  # importing runs whatever its author wrote
        told = f"{plugin} cannot be imported from {known[plugin].value}: {type(error).__name__}: {error}"
        raise pytest.UsageError(told) from error
    for check in CHECKS:
        yield CheckItem.from_parent(session, name=f"{plugin}::{check}", subject=subject, check=check)
