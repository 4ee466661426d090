"""Places in a document: ``("node_groups", 1, "count")``, written ``node_groups[1].count``."""

import json
import re
from typing import Final

Path = tuple[str | int, ...]
"""Keys and list indexes, from the outermost to the innermost."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP: Final = re.compile(
    r"""(?P<start>^|\.)(?P<key>[A-Za-z_][A-Za-z0-9_-]*)
      | \[(?P<index>[0-9]+)\]
      | \[(?P<quoted>"(?:[^"\\]|\\.)*")\]""",
    re.VERBOSE,
)


def format_path(path: Path) -> str:
    """A path as errors show it. A key that is no plain word is quoted: ``cluster_configs["service:Spark"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text


def parse_path(text: str) -> Path:
    """The inverse of :func:`format_path`; what cannot be read is one key: plugins write paths of their own."""
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (match["start"] is not None and (match["start"] == "") != (position == 0)):
            return (text,)
        position = match.end()
        steps.append(_step(match))
    return tuple(steps)


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return str(json.loads(match["quoted"], strict=False))
    return match["key"]
