"""What Maven is given to read: a project that only depends on something, and settings with a mirror."""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from serai.hookspec.artifacts import Maven

NAME: Final = "serai:artifact:pom:1"
"""What Maven calls the project when it speaks of it."""
_GROUP, _ARTIFACT, _PACKAGING, _VERSION = NAME.split(":")
_PARTS: Final = ("groupId", "artifactId", "version", "type", "classifier")
"""Of coordinates, in their order."""


def project(source: Maven) -> str:
    """The ``pom.xml`` of a project that depends on some coordinates.

    Args:
        source: the coordinates, and what is left out of all they draw in.
    """
    root = Element("project", xmlns="http://maven.apache.org/POM/4.0.0")
    own = {"groupId": _GROUP, "artifactId": _ARTIFACT, "version": _VERSION, "packaging": _PACKAGING}
    _fill(root, {"modelVersion": "4.0.0", **own})
    dependencies = SubElement(root, "dependencies")
    for coordinates in source.coordinates:
        dependency = _fill(SubElement(dependencies, "dependency"), _parts(coordinates))
        exclusions = SubElement(dependency, "exclusions")
        for exclusion in source.exclusions:
            _fill(SubElement(exclusions, "exclusion"), _parts(exclusion))
    return _text(root)


def settings(central: str) -> str:
    """A ``settings.xml`` that has Maven Central mirrored.

    Args:
        central: URL of what has all that Maven Central has, Maven's plugins among them.
    """
    root = Element("settings", xmlns="http://maven.apache.org/SETTINGS/1.0.0")
    mirrors = SubElement(root, "mirrors")
    # Called as what it stands for: then what the local repository has of it counts.
    _fill(SubElement(mirrors, "mirror"), {"id": "central", "mirrorOf": "central", "url": central})
    # As in Maven's own settings: no other repository is read over a connection that anybody can tamper with.
    blocked = {"id": "http-blocker", "mirrorOf": "external:http:*", "url": "http://0.0.0.0/", "blocked": "true"}
    _fill(SubElement(mirrors, "mirror"), blocked)
    return _text(root)


def _parts(coordinates: str) -> dict[str, str]:
    return dict(zip(_PARTS, coordinates.split(":"), strict=False))


def _fill(element: Element, texts: Mapping[str, str]) -> Element:
    for tag, text in texts.items():
        SubElement(element, tag).text = text
    return element


def _text(root: Element) -> str:
    text: str = tostring(root, encoding="unicode")
    return text
