"""From the exceptions of a failed reading to a list of faults."""

from collections.abc import Iterator

import attrs
import cattrs
from cattrs.errors import BaseValidationError

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import nearest, suggestion
from serai.engine.documents.paths import Path
from serai.engine.serialization.misfits import Misfit


def faults(error: BaseException, path: Path = ()) -> Iterator[Fault]:
    """Every fault in an exception that reading raised, in the order of the fields.

    Args:
        error: the exception, or a group of them.
        path: where what was read is.
    """
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from faults(inner, (*path, *_step(inner)))
    elif isinstance(error, cattrs.ForbiddenExtraKeysError):
        yield from (_unknown_key(key, error.cl, path) for key in sorted(error.extra_fields))
    elif isinstance(error, Misfit):
        yield Fault((*path, *error.path), error.code, error.message, error.hint, meant=error.meant)
    elif isinstance(error, KeyError):
        yield Fault(path, Code.MISSING_KEY, "is required")
    elif isinstance(error, RecursionError):
        yield Fault(path, Code.DOCUMENT_TOO_LARGE, "is nested too deeply")
    else:
        yield Fault(path, Code.INVALID, str(error) or type(error).__name__)


def known_keys(kind: type) -> list[str]:
    """The keys a document may have for an attrs class."""
    return [attribute.name for attribute in attrs.fields(kind) if attribute.metadata.get("serialise") is not False]


def _unknown_key(key: str, kind: type, path: Path) -> Fault:
    known = known_keys(kind)
    hint, meant = suggestion(key, known), nearest(key, known)
    return Fault((*path, key), Code.UNKNOWN_KEY, f"unknown key {key!r}", hint, meant=meant)


def _step(error: BaseException) -> Path:
    """Where below the group an exception arose: the outermost of cattrs' notes, which is the last one added."""
    for note in reversed(getattr(error, "__notes__", [])):
        if isinstance(note, cattrs.AttributeValidationNote):
            return (note.name,)
        if isinstance(note, cattrs.IterableValidationNote):
            return (note.index,)
    return ()
