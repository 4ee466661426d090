"""YAML, read safely: plain data only, no key twice, and no alias that makes a small file a large document."""

from collections.abc import Iterator
from typing import Final

import yaml

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path
from serai.engine.documents.text import Text, unreadable

MAXIMUM_VALUES: Final = 500_000
"""As many values as a document may have once its aliases are expanded."""


class _Loader(yaml.SafeLoader):
    """Plain data. A date stays a string: no field of a document takes one, and a version may look like one."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own, a class attribute by design
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def parse_yaml(text: str) -> Text:
    """Parse one YAML document."""
    try:
        loader = _Loader(text)
        try:
            return _loaded(loader)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        return _marked(error)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return unreadable(f"line {line}: YAML does not allow character {error.position + 1} of the text")
    except ValueError as error:
        return unreadable(str(error))
    except RecursionError:
        return unreadable("is nested too deeply", Code.DOCUMENT_TOO_LARGE)


def _loaded(loader: _Loader) -> Text:
    root = loader.get_single_node()
    if root is None:
        return Text()
    if _size(root, {}, set()) > MAXIMUM_VALUES:
        message = f"has more than {MAXIMUM_VALUES} values once its aliases are expanded, or contains itself"
        return unreadable(message, Code.DOCUMENT_TOO_LARGE)
    # found before the data is made of the nodes: making it melts merged mappings into one
    found = tuple(_repeated_keys(root, (), set()))
    return Text(loader.construct_document(root), found)


def _size(node: yaml.Node, known: dict[int, int], unfinished: set[int]) -> int:
    """How many values a node stands for; a node within itself stands for too many."""
    if id(node) in unfinished:
        return MAXIMUM_VALUES + 1
    if id(node) not in known:
        unfinished.add(id(node))
        known[id(node)] = 1 + sum(_size(child, known, unfinished) for child in _children(node))
        unfinished.discard(id(node))
    return known[id(node)]


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _repeated_keys(node: yaml.Node, path: Path, seen: set[int]) -> Iterator[Fault]:
    """A fault for every key that a mapping has twice; what has many aliases is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated_keys(item, (*path, index), seen)
    elif isinstance(node, yaml.MappingNode):
        yield from _repeated_in_mapping(node, path)
        for key, value in node.value:
            yield from _repeated_keys(value, (*path, str(key.value)), seen)


def _repeated_in_mapping(node: yaml.MappingNode, path: Path) -> Iterator[Fault]:
    lines: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        identity = (key.tag, str(key.value))
        if identity in lines:
            message = f"is given twice, in lines {lines[identity]} and {line}"
            yield Fault((*path, str(key.value)), Code.DUPLICATE_KEY, message, "keep one of them")
        lines.setdefault(identity, line)


def _marked(error: yaml.MarkedYAMLError) -> Text:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    message = " ".join(part for part in (error.problem, error.context) if part)
    hint = "indent with spaces, not with tabs" if "'\\t'" in message else ""
    return unreadable(f"{place}{message}", hint=hint)
