"""How Hypothesis shows clusters in its reports: what differs from the defaults, and no more.

It would show every field of every node group otherwise, and the defaults of two thousand configs.
"""

from typing import Any, Final

from attrs import NOTHING, Attribute, fields
from hypothesis.vendor.pretty import RepresentationPrinter, for_type_by_name, pprint_fields

from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config

_SHORTENED: Final = (Cluster, NodeGroup, Instance, Config)


def _is_telling(value: object, attribute: "Attribute[Any]") -> bool:
    """Whether a field is part of the object's value, and has another one than it has by itself."""
    default: Any = attribute.default
    if hasattr(default, "factory"):
        default = default.factory()
    is_value = not attribute.name.startswith("_") and attribute.metadata.get("serialise", True)
    return bool(is_value and (default is NOTHING or value != default))


def _show(item: Any, printer: RepresentationPrinter, cycle: bool) -> None:
    telling = [each.name for each in fields(type(item)) if _is_telling(getattr(item, each.name), each)]
    pprint_fields(item, printer, cycle, telling)


def show_shortly() -> None:
    """Have Hypothesis show clusters, and what they are made of, this way."""
    for kind in _SHORTENED:
        for_type_by_name(kind.__module__, kind.__name__, _show)
