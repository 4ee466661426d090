"""JSON, read strictly: no key twice, no NaN."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path
from serai.engine.documents.text import Text, unreadable


def parse_json(text: str) -> Text:
    """Parse one JSON document."""
    repeated: dict[int, list[str]] = {}

    def mapping(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) < len(items):
            counts = Counter(key for key, _ in items)
            repeated[id(made)] = [key for key, count in counts.items() if count > 1]
        return made

    try:
        data = json.loads(text, object_pairs_hook=mapping, parse_constant=_refuse)
        return Text(data, tuple(_repeated_keys(data, repeated, ()) if repeated else ()))
    except json.JSONDecodeError as error:
        return unreadable(f"line {error.lineno}, column {error.colno}: {error.msg}")
    except ValueError as error:
        return unreadable(str(error))
    except RecursionError:
        return unreadable("is nested too deeply", Code.DOCUMENT_TOO_LARGE)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number in JSON")


def _repeated_keys(data: Any, repeated: dict[int, list[str]], path: Path) -> Iterator[Fault]:
    """A fault for every key that a mapping has twice; mappings are found again by their identity."""
    if isinstance(data, dict):
        for key in repeated.get(id(data), ()):
            yield Fault((*path, key), Code.DUPLICATE_KEY, "is given twice", "keep one of them")
        for key, value in data.items():
            yield from _repeated_keys(value, repeated, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _repeated_keys(value, repeated, (*path, index))
