"""Exit codes."""

import pytest

from serai.engine.cli.exits import Exit, of_error, of_health
from serai.hookspec.errors import (
    ArtifactError,
    ClusterBusy,
    CommandFailed,
    InvalidCluster,
    NotFound,
    OperationCancelled,
    PluginNotFound,
    SeraiError,
    Unsupported,
    ValidationFailed,
    WrongStatus,
)
from serai.hookspec.health import HealthColor


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SeraiError("x"), Exit.FAILED),
        (ArtifactError("x"), Exit.FAILED),
        (CommandFailed("x", host="a"), Exit.FAILED),
        (SeraiError("x", code="STORE_URL"), Exit.USAGE),
        (ValidationFailed([]), Exit.INVALID),
        (InvalidCluster("x"), Exit.INVALID),
        (Unsupported("x"), Exit.INVALID),
        (SeraiError("x", code="UNREADABLE_DOCUMENT"), Exit.INVALID),
        (NotFound("x"), Exit.NOT_FOUND),
        (PluginNotFound("x"), Exit.NOT_FOUND),
        (ClusterBusy("x"), Exit.BUSY),
        (WrongStatus("x"), Exit.BUSY),
        (OperationCancelled("x"), Exit.INTERRUPTED),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: SeraiError, code: Exit) -> None:
    """Scripts rely on them."""
    assert of_error(error) is code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("a jar has gone"), Exit.FAILED),
        (WrongStatus("x"), Exit.FAILED),
        (ValidationFailed([]), Exit.INVALID),
        (OperationCancelled("x"), Exit.INTERRUPTED),
        (ClusterBusy("the other operation is named in its details"), Exit.BUSY),
    ],
)
def test_what_fails_inside_an_operation_is_its_failure(error: SeraiError, code: Exit) -> None:
    """A file missing half-way does not mean that there is no such cluster."""
    error.details["operation"] = "create 1234"
    assert of_error(error) is code


def test_health_tells_yellow_from_red() -> None:
    """And green from both."""
    assert [of_health(color) for color in HealthColor] == [Exit.OK, Exit.YELLOW, Exit.RED]


def test_every_exit_code_has_a_meaning() -> None:
    """They are listed in the help."""
    assert all(code.meaning for code in Exit)
    assert [code.value for code in Exit] == [0, 1, 2, 3, 4, 5, 6, 7, 130]
