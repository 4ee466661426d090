"""A lab for tests: a conftest that imports ``lab`` from here gives it to the tests beside it."""

import os
from collections.abc import Iterator

import pytest

from lab.network import Lab
from lab.requirements import missing


def need_lab() -> None:
    """Skip where there can be no lab; fail where CI was to have made sure that there can."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Four hosts; each process of pytest has its own. A test leaves them as it found them: every fault is a context."""
    need_lab()
    with Lab.up(hosts=4) as up:
        yield up
