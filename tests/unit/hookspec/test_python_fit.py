"""Pythons that distributions were fetched for, and those that they were not."""

import platform

import pytest

from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.python_fit import check_python, feature_release

HERE = Facts(python="/usr/bin/python3", python_version=platform.python_version(), architecture=platform.machine())


def test_a_fitting_python_is_accepted() -> None:
    """The engine's own feature release and architecture."""
    check_python("It", "w-1", HERE)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Facts(python="", python_version=""), "PYTHON_MISSING"),
        (Facts(python="/usr/bin/python3", python_version="?"), "PYTHON_MISSING"),
        (Facts(python="/usr/bin/python3", python_version="3.4.1"), "PYTHON_MISMATCH"),
        (Facts(python="/p", python_version=platform.python_version(), architecture="pdp11"), "PYTHON_MISMATCH"),
    ],
)
def test_a_python_that_does_not_fit_is_refused_by_name(facts: Facts, code: str) -> None:
    """Before anything is installed, with the host and what to do."""
    with pytest.raises(SeraiError) as caught:
        check_python("It", "w-1", facts)
    assert (caught.value.code, caught.value.place, bool(caught.value.hint)) == (code, "w-1", True)


@pytest.mark.parametrize(
    ("version", "release"),
    [("3.11.7", "3.11"), ("3.14.0rc1", "3.14"), ("3.9", "3.9"), ("3", ""), ("", ""), ("a.b", "")],
)
def test_feature_release_of_a_version(version: str, release: str) -> None:
    """Major and minor, or nothing."""
    assert feature_release(version) == release
