"""Hadoop's configuration files: a mapping as XML."""

import re
from collections.abc import Mapping
from typing import Final

from serai.builtin_plugins.hadoop.values import Site
from serai.hookspec.objects import Secret

_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML text may contain (XML 1.0, 2.2)."""
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
"""A parser would take a bare carriage return for a line feed (2.11)."""


def illegal_characters(text: str) -> str:
    """The characters of a text that no XML file may contain, each once, in order."""
    return "".join(dict.fromkeys(_ILLEGAL.findall(text)))


def site_xml(values: Mapping[str, str]) -> str:
    """The content of a file such as ``hdfs-site.xml``: always the same text for the same values.

    Args:
        values: text by name of property.

    Raises:
        ValueError: a name or a value has characters that no XML file may contain. The value is not repeated.
    """
    for name, value in values.items():
        if illegal_characters(name + value):
            raise ValueError(f"the property {name!r} has characters that XML does not allow")
    lines = "".join(
        f"  <property>\n    <name>{_escaped(name)}</name>\n    <value>{_escaped(values[name])}</value>\n  </property>\n"
        for name in sorted(values)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n{lines}</configuration>\n'


def site_file(site: Site) -> str | Secret:
    """The same for what is set of a file; when there are secrets in it, nobody else may read it."""
    content = site_xml(site.values)
    return Secret(content) if site.is_secret else content


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
