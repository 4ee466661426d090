"""The one converter factory: objects of the contract to JSON-compatible data and back."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar

import attrs
import cattrs

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.schema import SCHEMA_VERSION
from serai.engine.serialization import containers, scalars, values
from serai.engine.serialization.explaining import faults
from serai.engine.serialization.misfits import Misfit
from serai.engine.serialization.values import SecretCodec
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.facts import Facts
from serai.hookspec.remote import Remote

T = TypeVar("T")


class Converter:
    """Writes objects as JSON-compatible data, and reads them back.

    What it reads is taken as it is: another type, an unknown key or a missing one is an error, and all errors are
    reported at once. What it writes it can read: ``structure(unstructure(x), type(x)) == x``. Safe to use from many
    threads.

    Args:
        secrets: seals the secrets it writes; without one they are masked, and stay so.
    """

    def __init__(self, secrets: SecretCodec | None = None) -> None:
        self._cattrs = _configured(secrets)

    def unstructure(self, value: object) -> Any:
        """An object, or a list or mapping of objects, as JSON-compatible data.

        Raises:
            SeraiError: a field holds what JSON has not, or what is not of its type (code NOT_SERIALISABLE).
        """
        return self._cattrs.unstructure(value)

    def structure(self, data: Any, kind: type[T]) -> T:
        """An object of its data.

        Args:
            data: JSON-compatible data; it is not shared with the object.
            kind: the object's class.

        Raises:
            ValidationFailed: with everything that does not fit.
        """
        result, found = self.attempt(data, kind)
        if result is None:
            raise ValidationFailed([fault.to_error() for fault in found], what=getattr(kind, "__name__", str(kind)))
        return result

    def attempt(self, data: Any, kind: type[T]) -> tuple[T | None, list[Fault]]:
        """As :meth:`structure`, for those who go on: the object, or None and what does not fit."""
        try:
            return self._cattrs.structure(data, kind), []
        except (cattrs.BaseValidationError, Misfit, RecursionError) as error:
            return None, list(faults(error))

    def to_json(self, value: object, *, indent: int | None = None) -> str:
        """An object as JSON text: equal objects give equal bytes."""
        separators = (",", ":") if indent is None else (",", ": ")
        data = self.unstructure(value)
        return json.dumps(data, sort_keys=True, separators=separators, indent=indent, allow_nan=False)

    def from_json(self, text: str, kind: type[T]) -> T:
        """The object that :meth:`to_json` wrote.

        Raises:
            ValidationFailed: with everything that does not fit.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            fault = Fault((), Code.INVALID_SYNTAX, str(error))
            raise ValidationFailed([fault.to_error()], what="JSON text") from None
        return self.structure(data, kind)


def make_converter(secrets: SecretCodec | None = None) -> Converter:
    """The converter for objects of the contract.

    Args:
        secrets: seals and unseals secrets, for a store; None to mask them, for all else.
    """
    return _masking() if secrets is None else Converter(secrets)


@cache
def _masking() -> Converter:
    return Converter()


def _configured(secrets: SecretCodec | None) -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    _resolve_annotations()
    _register_readers(converter, secrets)
    _register_writers(converter, secrets)
    _register_cluster(converter)
    return converter


def _resolve_annotations() -> None:
    """Give attrs the types that the object model imports for type checkers only."""
    for kind in (Instance, NodeGroup, Cluster):
        attrs.resolve_types(kind, localns={"Facts": Facts, "Remote": Remote})


def _register_readers(converter: cattrs.Converter, secrets: SecretCodec | None) -> None:
    open_sealed = values.reader(secrets)

    def read_any(value: Any, _: Any = Any) -> Any:
        if isinstance(value, Mapping):
            items = containers.string_keys(value).items()
            return open_sealed(containers.items_read(items, read_any, Any, Mapping))
        if isinstance(value, list | tuple):
            return list(containers.items_read(enumerate(value), read_any, Any, list).values())
        return values.checked(value)

    converter.register_structure_hook_factory(attrs.has, containers.object_reader)
    converter.register_structure_hook_factory(containers.is_sequence, containers.sequence_reader)
    converter.register_structure_hook_factory(containers.is_mapping, containers.mapping_reader)
    converter.register_structure_hook_func(lambda kind: kind is Any, read_any)
    converter.register_structure_hook(StrEnum, scalars.member)  # nearer to an enumeration than str, its other base
    for kind, read in _SCALARS.items():
        converter.register_structure_hook(kind, read)


def _register_writers(converter: cattrs.Converter, secrets: SecretCodec | None) -> None:
    converter.register_unstructure_hook_factory(attrs.has, containers.object_writer)
    converter.register_unstructure_hook_factory(containers.is_sequence, containers.sequence_writer)
    converter.register_unstructure_hook_factory(containers.is_mapping, containers.mapping_writer)
    converter.register_unstructure_hook_func(lambda kind: kind is Any, values.writer(secrets))
    converter.register_unstructure_hook(StrEnum, scalars.written_member)
    for kind, read in _SCALARS.items():
        converter.register_unstructure_hook(kind, scalars.writer(kind, read))


_SCALARS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    str: scalars.string,
    int: scalars.integer,
    bool: scalars.boolean,
    float: scalars.number,
    datetime: scalars.moment,
}


def _register_cluster(converter: cattrs.Converter) -> None:
    """A cluster is a document of its own: it carries the version of its shape."""
    read_fields = containers.object_reader(Cluster, converter)
    write_fields = containers.object_writer(Cluster, converter)

    def read(value: Any, _: Any = Cluster) -> Cluster:
        fields = dict(containers.string_keys(value))
        _check_version(fields.pop("schema_version", None))
        cluster: Cluster = read_fields(fields, Cluster)
        return cluster

    def write(cluster: Cluster) -> dict[str, Any]:
        return {"schema_version": SCHEMA_VERSION, **write_fields(cluster)}

    converter.register_structure_hook(Cluster, read)
    converter.register_unstructure_hook(Cluster, write)


def _check_version(version: Any) -> None:
    path = ("schema_version",)
    if version is None:
        raise Misfit("is required", code=Code.MISSING_KEY, path=path)
    if type(version) is not int:
        raise Misfit("must be an integer", path=path)
    if version != SCHEMA_VERSION:
        raise Misfit(
            f"must be {SCHEMA_VERSION} (got {version})",
            code=Code.UNSUPPORTED_SCHEMA_VERSION,
            hint="it was written by another version of Serai",
            path=path,
        )
