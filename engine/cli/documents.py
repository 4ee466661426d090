"""Results as JSON documents: field names are those of the object model, secrets are masked."""

from collections.abc import Mapping
from typing import Any


def document_of(value: object) -> Any:
    """An object of the contract or of the engine, or a list of them, as JSON-compatible data."""
    from serai.engine.serialization import make_converter

    return make_converter().unstructure(value)


def error_document(error: Mapping[str, Any]) -> dict[str, Any]:
    """What ``--json`` prints instead of a result.

    Args:
        error: as of ``SeraiError.to_dict``.
    """
    return {"error": dict(error)}
