"""The tables of properties that the plugin carries, one a release; made by ``generate``."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from serai.hookspec.errors import NotFound

_HERE: Final = Path(__file__).parent

DEFAULT_FILES: Final = ("core", "hdfs", "yarn", "mapred")
"""``core-default.xml`` and so on: the files that Hadoop's own defaults stand in."""


class Property(NamedTuple):
    """One property of Hadoop.

    Attributes:
        name: such as ``dfs.replication``.
        default: as it stands in the default file; ``""`` for none.
        readings: what Hadoop's code reads it as: ``boolean``, ``int`` (32 bits), ``long`` (64), ``number``, ``size``
            (``128m``), ``duration`` (``30s``), ``text``; none where it cannot be told from the code.
        description: in one line.
    """

    name: str
    default: str
    readings: tuple[str, ...]
    description: str


class Table(NamedTuple):
    """The properties of a release.

    Attributes:
        properties: by name, for each of :data:`DEFAULT_FILES`; a name is in one file only.
        renamed: the present name of each deprecated one.
    """

    properties: Mapping[str, Mapping[str, Property]]
    renamed: Mapping[str, str]

    def named(self, name: str) -> Property | None:
        """The property of that name, whichever file it is in; None for one that no file lists."""
        return next((each[name] for each in self.properties.values() if name in each), None)


UNLISTED: Final = {
    "mapred": tuple(
        Property(
            f"mapreduce.{task}.java.opts",
            "",
            ("text",),
            f"Options of the JVM of {task} tasks, such as -Xmx384m; those of mapred.child.java.opts without.",
        )
        for task in ("map", "reduce")
    )
}
"""Properties that Hadoop reads and its default files describe without listing them."""


@lru_cache
def table(version: str) -> Table:
    """The table of a release.

    Raises:
        NotFound: the plugin has none.
    """
    path = _HERE / f"{version}.json"
    if path not in (known := sorted(_HERE.glob("*.json"), reverse=True)):
        releases = ", ".join(each.stem for each in known)
        raise NotFound(f"Hadoop {version} is no release that can be had; there are {releases}", code="UNKNOWN_RELEASE")
    content = json.loads(path.read_text(encoding="utf-8"))
    seen: set[str] = set()
    properties: dict[str, dict[str, Property]] = {}
    for file in DEFAULT_FILES:
        rows = {name: Property(name, value, tuple(kinds), text) for name, value, kinds, text in content[file]}
        properties[file] = {name: each for name, each in rows.items() if name not in seen}
        properties[file] |= {each.name: each for each in UNLISTED.get(file, ())}
        seen.update(rows)
    return Table(properties, dict(content["renamed"]))
