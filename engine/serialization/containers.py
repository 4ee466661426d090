"""Lists, mappings and objects: of the right kind, with string keys, every faulty item reported."""

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from serai.engine.serialization.misfits import expected
from serai.engine.serialization.scalars import unwritable

Hook = Callable[[Any, Any], Any]


def is_sequence(kind: Any) -> bool:
    """Whether a type is ``list[…]`` or ``tuple[…, ...]``."""
    return get_origin(kind) in (list, tuple)


def is_mapping(kind: Any) -> bool:
    """Whether a type is ``dict[str, …]`` or ``Mapping[str, …]``."""
    return get_origin(kind) in (dict, Mapping)


def sequence_reader(kind: Any, converter: cattrs.Converter) -> Hook:
    """Reads a list; a lone string would fall apart into characters, and is refused."""
    read_item = converter.get_structure_hook(get_args(kind)[0])
    container = get_origin(kind)

    def read(value: Any, _: Any = kind) -> Any:
        if type(value) not in (list, tuple):
            if isinstance(value, str):
                raise expected("a list", value, f"write it as a list: [{value}]", meant=[value])
            raise expected("a list", value)
        return container(items_read(enumerate(value), read_item, get_args(kind)[0], kind).values())

    return read


def mapping_reader(kind: Any, converter: cattrs.Converter) -> Hook:
    """Reads a mapping with string keys."""
    item_kind = get_args(kind)[1]
    read_item = converter.get_structure_hook(item_kind)

    def read(value: Any, _: Any = kind) -> Any:
        return items_read(string_keys(value).items(), read_item, item_kind, kind)

    return read


def object_reader(kind: type, converter: cattrs.Converter) -> Hook:
    """Reads an object of an attrs class; a key that is no field is an error."""
    read_fields: Hook = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **_left_out(kind))

    def read(value: Any, _: Any = kind) -> Any:
        return read_fields(string_keys(value), kind)

    return read


def object_writer(kind: type, converter: cattrs.Converter) -> Callable[[Any], dict[str, Any]]:
    """Writes an object of an attrs class."""
    write: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(kind, converter, **_left_out(kind))
    return write


def sequence_writer(kind: Any, converter: cattrs.Converter) -> Callable[[Any], list[Any]]:
    """Writes a list or tuple as a list."""
    write_item = converter.get_unstructure_hook(get_args(kind)[0])

    def write(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise unwritable(f"must be a list (got a value of type {type(value).__name__})")
        return [write_item(item) for item in value]

    return write


def mapping_writer(kind: Any, converter: cattrs.Converter) -> Callable[[Any], dict[str, Any]]:
    """Writes a mapping with string keys."""
    write_item = converter.get_unstructure_hook(get_args(kind)[1])

    def write(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(type(key) is str for key in value):
            raise unwritable("must be a mapping with string keys")
        return {key: write_item(item) for key, item in value.items()}

    return write


def string_keys(value: Any) -> Mapping[str, Any]:
    """A mapping, if it is one and all its keys are strings."""
    if not isinstance(value, Mapping):
        raise expected("a mapping", value)
    for key in value:
        if type(key) is not str:
            raise expected("a mapping whose keys are strings", key, "put the key in quotes")
    return value


def items_read(items: Any, read: Hook, item_kind: Any, kind: Any) -> dict[Any, Any]:
    """Every item read, by its index or key.

    Raises:
        cattrs.IterableValidationError: with every item that does not fit.
    """
    results: dict[Any, Any] = {}
    misfits: list[Exception] = []
    for index, item in items:
        try:
            results[index] = read(item, item_kind)
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - kept, and raised with the others
            error.add_note(cattrs.IterableValidationNote(f"at {index!r}", index, item_kind))
            misfits.append(error)
    if misfits:
        raise cattrs.IterableValidationError(f"in {kind}", misfits, kind)
    return results


def _left_out(kind: type) -> dict[str, Any]:
    """The fields that are no part of an object's value."""
    return {
        attribute.name: override(omit=True)
        for attribute in attrs.fields(kind)
        if attribute.metadata.get("serialise") is False
    }
