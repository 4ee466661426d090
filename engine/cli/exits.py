"""Exit codes, for scripts to rely on."""

from enum import IntEnum
from typing import Final

from serai.hookspec.errors import (
    ClusterBusy,
    InvalidCluster,
    LeaseLost,
    NotFound,
    OperationCancelled,
    SeraiError,
    Unsupported,
    ValidationFailed,
    WrongStatus,
)
from serai.hookspec.health import HealthColor


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    NOT_FOUND = 4
    BUSY = 5
    YELLOW = 6
    RED = 7
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """For whoever reads ``serai --help``."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Exit.OK: "done",
    Exit.FAILED: "the operation, the job or the check failed",
    Exit.USAGE: "the command line is wrong",
    Exit.INVALID: "the document or the request is not valid; nothing was touched",
    Exit.NOT_FOUND: "there is no cluster, job, host or plugin of that name",
    Exit.BUSY: "another operation is at work, or the status does not allow it",
    Exit.YELLOW: "health: yellow",
    Exit.RED: "health: red",
    Exit.INTERRUPTED: "interrupted with Ctrl-C, or stopped by 'serai cancel'",
}

_DURING_OPERATIONS: Final[tuple[tuple[type[SeraiError], Exit], ...]] = (
    (LeaseLost, Exit.BUSY),  # another engine goes on with it
    (OperationCancelled, Exit.INTERRUPTED),
    (ValidationFailed, Exit.INVALID),
    (ClusterBusy, Exit.BUSY),  # names an operation, too: the other one
)
_AT_ONCE: Final[tuple[tuple[type[SeraiError], Exit], ...]] = (
    *_DURING_OPERATIONS,
    (InvalidCluster, Exit.INVALID),
    (Unsupported, Exit.INVALID),
    (NotFound, Exit.NOT_FOUND),
    (WrongStatus, Exit.BUSY),
)
_BY_CODE: Final = {
    "STORE_URL": Exit.USAGE,
    "UNREADABLE_DOCUMENT": Exit.INVALID,
    "NAME_ALREADY_EXISTS": Exit.INVALID,
}

_BY_COLOR: Final = {HealthColor.GREEN: Exit.OK, HealthColor.YELLOW: Exit.YELLOW, HealthColor.RED: Exit.RED}


def of_error(error: SeraiError) -> Exit:
    """The exit code of an error.

    What is raised inside an operation is its failure, whatever kind of error it is: a file that was not found half-way
    does not mean that there is no such cluster.
    """
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    kinds = _DURING_OPERATIONS if "operation" in error.details else _AT_ONCE
    return next((code for kind, code in kinds if isinstance(error, kind)), Exit.FAILED)


def of_health(color: HealthColor) -> Exit:
    """The exit code of a health report."""
    return _BY_COLOR[color]
