"""What JSON data must look like: every fault at once, nothing converted."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

Shape = Any
"""A type, for a value of exactly that type; None for null; ``[shape]`` for a list of such; a frozen set for one of
its members; a pattern for a string that is all like it; or one of the classes below."""

_NAMES: Final = {str: "a string", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


@frozen
class Fields:
    """An object with known keys.

    Attributes:
        required: shapes of those that must be there.
        optional: of those that may be.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(factory=dict)


@frozen
class OneOf:
    """A value of any of some shapes."""

    shapes: tuple[Shape, ...]


@frozen
class Fault:
    """What is wrong with data.

    Attributes:
        path: where: ``answer.stdout``, ``words[1]``.
        message: what.
        code: as of mistakes in documents.
    """

    path: str
    message: str
    code: str


def faults(data: Any, shape: Shape, path: str = "") -> Iterator[Fault]:
    """Everything that is wrong with data.

    Args:
        data: as JSON gives it.
        shape: what it should look like.
        path: where it stands.
    """
    if isinstance(shape, OneOf):
        yield from _of_one(data, shape, path)
    elif isinstance(shape, Fields):
        yield from _in_object(data, shape, path)
    elif isinstance(shape, list):
        if type(data) is not list:
            yield _wrong(path, "a list", data)
        else:
            for index, item in enumerate(data):
                yield from faults(item, shape[0], f"{path}[{index}]")
    elif isinstance(shape, frozenset):
        if not isinstance(data, str) or data not in shape:
            yield Fault(path, f"must be one of {', '.join(sorted(shape))} (got {_told(data)})", "NOT_ALLOWED")
    elif isinstance(shape, re.Pattern):
        if not isinstance(data, str) or not shape.fullmatch(data):
            yield Fault(path, f"must be like {shape.pattern} (got {_told(data)})", "INVALID")
    elif shape is not Any and type(data) is not (type(None) if shape is None else shape):
        yield _wrong(path, _NAMES.get(shape, "null"), data)


def _of_one(data: Any, shape: OneOf, path: str) -> Iterator[Fault]:
    """The faults of the shape that has the fewest."""
    yield from min((list(faults(data, each, path)) for each in shape.shapes), key=len)


def _in_object(data: Any, shape: Fields, path: str) -> Iterator[Fault]:
    if type(data) is not dict:
        yield _wrong(path, "an object", data)
        return
    known = {**shape.required, **shape.optional}
    for name in shape.required:
        if name not in data:
            yield Fault(_inside(path, name), "must be given", "MISSING_KEY")
    for name, value in data.items():
        if name in known:
            yield from faults(value, known[name], _inside(path, name))
        else:
            yield Fault(_inside(path, name), f"is not known; known are {', '.join(sorted(known))}", "UNKNOWN_KEY")


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, wanted: str, data: Any) -> Fault:
    return Fault(path, f"must be {wanted} (got {_told(data)})", "WRONG_TYPE")


def _told(data: Any) -> str:
    return "null" if data is None else f"{json.dumps(data, ensure_ascii=False):.40}"
