"""Scalars, taken as they are or not at all: cattrs alone makes 1 of "1" and True of "false"."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from serai.engine.documents.codes import Code
from serai.engine.documents.nearest import suggestion
from serai.engine.serialization.misfits import Misfit, expected, shown
from serai.hookspec.errors import SeraiError

E = TypeVar("E", bound=StrEnum)

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


def string(value: Any, _: Any = str) -> str:
    """A string, of exactly that type."""
    if type(value) is str:
        return value
    if type(value) in (int, float, bool):
        raise expected("a string", value, "put it in quotes", meant=str(value))
    raise expected("a string", value)


def integer(value: Any, _: Any = int) -> int:
    """An integer, and no boolean."""
    if type(value) is int:
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        raise expected("an integer", value, f"write it without quotes: {value}", meant=int(value))
    raise expected("an integer", value)


def boolean(value: Any, _: Any = bool) -> bool:
    """True or False."""
    if type(value) is bool:
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        meant = value.lower() == "true"
        raise expected("true or false", value, f"write it without quotes: {value.lower()}", meant=meant)
    raise expected("true or false", value)


def number(value: Any, _: Any = float) -> float:
    """A float; an integer will do, for that is how whole numbers are written."""
    if type(value) in (float, int) and math.isfinite(value):
        return float(value)
    raise expected("a number", value)


def moment(value: Any, _: Any = datetime) -> datetime:
    """A point in time, written in ISO 8601."""
    if type(value) is not str:
        raise expected("a time in ISO 8601", value)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise expected("a time in ISO 8601", value, "such as 2025-01-31T12:00:00+00:00") from None


def member(value: Any, kind: type[E]) -> E:
    """A member of an enumeration, by its value."""
    values = {item.value: item for item in kind}
    if type(value) is str and value in values:
        return values[value]
    if type(value) is not str:
        raise expected("a string", value)
    hint = suggestion(value, values)
    raise Misfit(f"must be one of {', '.join(values)} (got {shown(value)})", code=Code.NOT_ALLOWED, hint=hint)


def writer(kind: type, read: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """The function that writes a scalar: what could not be read back is not written either."""
    if kind is datetime:
        return _written_moment

    def write(value: Any) -> Any:
        try:
            return read(value, kind)
        except Misfit as misfit:
            raise unwritable(misfit.message) from None

    return write


def written_member(value: Any) -> str:
    """A member of an enumeration, as its value."""
    if isinstance(value, StrEnum):
        return value.value
    raise unwritable(f"must be a member of an enumeration (got a value of type {type(value).__name__})")


def _written_moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise unwritable(f"must be a time (got a value of type {type(value).__name__})")


def unwritable(message: str) -> SeraiError:
    """The error for an object that holds what its own fields do not allow."""
    return SeraiError(
        f"a value cannot be written: it {message}",
        code="NOT_SERIALISABLE",
        hint="a plugin or a provider set a field to something that is not of the field's type",
    )
