"""Reads the properties of a release of Hadoop from its jars, and writes the table that the plugin carries.

python -m serai.builtin_plugins.hadoop.properties.generate DIRECTORY-OF-JARS VERSION > VERSION.json
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from zipfile import ZipFile

from serai.builtin_plugins.hadoop.properties.bytecode import Call, calls
from serai.builtin_plugins.hadoop.properties.tables import DEFAULT_FILES

_JARS: Final = {
    "core": "hadoop-common",
    "hdfs": "hadoop-hdfs",
    "yarn": "hadoop-yarn-common",
    "mapred": "hadoop-mapreduce-client-core",
}
_STRING: Final = "Ljava/lang/String;"
_GETTER: Final = re.compile(rf"\({_STRING}({_STRING})?.*\).+")
_READERS: Final = {
    "getBoolean": "boolean",
    "getInt": "int",
    "getLong": "long",
    "getLongBytes": "size",
    "getStorageSize": "size",
    "getFloat": "number",
    "getDouble": "number",
    "getTimeDuration": "duration",
    "getTimeDurationHelper": "duration",
    "getEnum": "text",
    "get": "text",
    "getTrimmed": "text",
    "getRaw": "text",
    "getStrings": "text",
    "getTrimmedStrings": "text",
    "getTrimmedStringCollection": "text",
    "getStringCollection": "text",
    "getClass": "text",
    "getClasses": "text",
    "getInts": "text",
    "getRange": "text",
    "getPattern": "text",
    "getPassword": "text",
    "getSocketAddr": "text",
}
"""How ``org.apache.hadoop.conf.Configuration`` is asked for a property, and what its value must be then."""
_DEPRECATION: Final = "org/apache/hadoop/conf/Configuration$DeprecationDelta"
_RENAMING: Final = (_DEPRECATION, "<init>", f"({_STRING}{_STRING})V")
"""How it is told that a property has another name now."""
_MENTIONS: Final = re.compile("|".join(map(re.escape, (*_READERS, _DEPRECATION))).encode())


def generated(jars: Path, version: str) -> str:
    """The table as JSON text: one property a line, in the order of Hadoop's own files.

    Args:
        jars: directory with the jars of the release.
        version: of Hadoop.

    Raises:
        FileNotFoundError: a jar that holds one of the files is not there.
    """
    readers, renamed = _usage(jars, version)
    parts = [f'"version": {json.dumps(version)}']
    for file in DEFAULT_FILES:
        rows = [
            [name, default, readers.get(name, []), description]
            for name, default, description in _properties(jars / f"{_JARS[file]}-{version}.jar", f"{file}-default.xml")
        ]
        parts.append(f'"{file}": [\n{_lines(rows)}\n]')
    parts.append(f'"renamed": [\n{_lines([list(each) for each in sorted(renamed.items())])}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: Sequence[Sequence[object]]) -> str:
    return ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)


def _properties(jar: Path, file: str) -> Iterator[tuple[str, str, str]]:
    """Name, default and description of each property, without the white space of their layout."""
    with ZipFile(jar) as archive:
        root = ElementTree.fromstring(archive.read(file))  # noqa: S314 - of an artifact that was verified
    for each in root.iter("property"):
        name, default = ((each.findtext(tag) or "").strip() for tag in ("name", "value"))
        yield name, default, " ".join((each.findtext("description") or "").split())


def _usage(jars: Path, version: str) -> tuple[Mapping[str, list[str]], Mapping[str, str]]:
    """What the code asks each property for, and the new name of each renamed one."""
    readers: defaultdict[str, set[str]] = defaultdict(set)
    renamed: dict[str, str] = {}
    for jar in sorted(jars.glob(f"hadoop-*-{version}.jar")):
        for call in _calls(jar):
            if call.method == "<init>":
                if len(call.strings) == 2:
                    renamed[call.strings[0]] = call.strings[1]
            elif call.strings:
                readers[call.strings[0]].add(_READERS[call.method])
    return {name: sorted(kinds) for name, kinds in readers.items()}, renamed


def _calls(jar: Path) -> Iterator[Call]:
    with ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.endswith(".class") and _MENTIONS.search(content := archive.read(name)):
                yield from calls(content, _strings_taken)


def _strings_taken(owner: str, method: str, descriptor: str) -> int:
    if method in _READERS and (found := _GETTER.fullmatch(descriptor)):
        return 2 if found.group(1) else 1
    return 2 if (owner, method, descriptor) == _RENAMING else 0


if __name__ == "__main__":
    sys.stdout.write(generated(Path(sys.argv[1]), sys.argv[2]))
