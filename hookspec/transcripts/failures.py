"""Errors of machines, as data of transcripts and back."""

from collections.abc import Mapping
from typing import Any, Final

from serai.hookspec import errors
from serai.hookspec.errors import OperationCancelled, RemoteError, SeraiError
from serai.hookspec.transcripts.shapes import Fields
from serai.hookspec.transcripts.veils import Veil

_RAISED: Final = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and (issubclass(kind, RemoteError) or kind in (SeraiError, errors.Unsupported))
}

FAILURE: Final = Fields({"error": frozenset(_RAISED), "message": str}, {"code": str, "hint": str, "details": dict})
"""What an exchange has as ``failure``."""


def is_answer(error: BaseException) -> bool:
    """Whether an error is what came of a call, rather than of who made it."""
    return isinstance(error, SeraiError) and not isinstance(error, OperationCancelled)


def write_failure(error: SeraiError, veil: Veil) -> Mapping[str, Any]:
    """An error as a transcript shows it."""
    kind = next((each.__name__ for each in type(error).__mro__ if each.__name__ in _RAISED), SeraiError.__name__)
    told = {
        "code": error.code if error.code != _RAISED[kind].code else "",
        "hint": veil.text(error.hint),
        "details": veil.data(error.details, keys=True),
    }
    return {"error": kind, "message": veil.text(error.message), **{name: each for name, each in told.items() if each}}


def read_failure(failure: Mapping[str, Any], host: str) -> SeraiError:
    """The error that a transcript shows.

    Args:
        failure: as shown, with the machine's values.
        host: the machine's name.
    """
    kind = _RAISED[failure["error"]]
    rest = {name: failure[name] for name in ("code", "hint", "details") if name in failure}
    error = kind(failure["message"], place=host, **rest)
    if isinstance(error, RemoteError):
        error.host = host
    return error
