"""What gets installed: named, versioned, verified."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, frozen

from serai.hookspec.sequences import strings

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = r"[A-Za-z0-9_.+-]+"
_COORDINATES: Final = re.compile(rf"{_WORD}:{_WORD}:{_WORD}(:{_WORD}){{0,2}}")
_MOVING: Final = re.compile(r"LATEST|RELEASE|.*-SNAPSHOT")
"""Versions that are another thing every day."""
_PACKAGE: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+(=[0-9][A-Za-z0-9.+~:-]*)?")
"""https://www.debian.org/doc/debian-policy/ch-controlfields.html#source"""
_EXCLUSION: Final = re.compile(rf"({_WORD}|\*):({_WORD}|\*)")


@frozen
class PyPI:
    """Python distributions, installed together into one directory.

    Attributes:
        requirements: exact requirements (``pyspark==4.3.0``); ``--hash=sha256:…`` may follow each,
            and then every one must have one.
    """

    requirements: tuple[str, ...] = field(converter=strings)


@frozen
class Tarball:
    """A tar archive, unpacked into one directory.

    Attributes:
        url: ``https:``, ``http:`` or ``file:``.
        sha256: of the archive, in hex.
        strip: how many leading path components to drop.
    """

    url: str
    sha256: str
    strip: int = 1


def _lowered(text: str) -> str:
    return text.lower()


@frozen
class Maven:
    """Jars of a Maven repository and everything they need at run time, in one flat directory.

    Attributes:
        coordinates: what is asked for: ``group:artifact:version[:extension[:classifier]]``, each with an exact version;
            the extension is ``jar`` unless told.
        sha256: of the whole set, so that one value pins all that is drawn in: the SHA-256, in hex, of the lines
            ``<SHA-256 of the file>  <name of the file>``, each with its line end, sorted as bytes by name; what
            ``LC_ALL=C sha256sum * | sha256sum`` tells in the directory. Whoever declares a new set gives 64 zeros,
            and is told the value when it is fetched.
        exclusions: ``group:artifact`` of what is left out wherever it is drawn in; ``*`` stands for any group or any
            artifact, so that ``*:*`` leaves what is asked for alone.

    Raises:
        ValueError: something is not written so; all of it is told at once.
    """

    coordinates: tuple[str, ...] = field(converter=strings)
    sha256: str = field(converter=_lowered)
    exclusions: tuple[str, ...] = field(default=(), converter=strings)

    def __attrs_post_init__(self) -> None:
        if problems := list(_maven_problems(self)):
            raise ValueError("; ".join(problems))


def _maven_problems(source: Maven) -> Iterator[str]:
    if not source.coordinates:
        yield "coordinates are wanted, and none are given"
    for item in source.coordinates:
        if not _COORDINATES.fullmatch(item):
            yield f"coordinates are group:artifact:version[:extension[:classifier]], not {item!r}"
        elif _MOVING.fullmatch(item.split(":")[2]):
            yield f"coordinates have an exact version, not that of {item!r}"
    for item in source.exclusions:
        if not _EXCLUSION.fullmatch(item):
            yield f"an exclusion is group:artifact, not {item!r}"
    if not _SHA256.fullmatch(source.sha256):
        yield f"a SHA-256 has 64 hexadecimal digits, and {source.sha256!r} is none"


@frozen
class Debian:
    """Packages of Debian, or of a distribution made from it: unpacked into one directory, and not installed.

    What they depend on is left to the machines: nothing of a package is run but its programs. Where nothing else is
    told, apt takes the newest version it knows, and answers for it with the distribution's signature.

    Attributes:
        packages: ``name`` or ``name=version``.
        sha256: of all their archives together, as of :class:`Maven`: what ``LC_ALL=C sha256sum *.deb | sha256sum``
            tells. It holds for one release and architecture; ``""`` leaves it at the signature.

    Raises:
        ValueError: something is not written so; all of it is told at once.
    """

    packages: tuple[str, ...] = field(converter=strings)
    sha256: str = field(default="", converter=_lowered)

    def __attrs_post_init__(self) -> None:
        if problems := list(_debian_problems(self)):
            raise ValueError("; ".join(problems))


def _debian_problems(source: Debian) -> Iterator[str]:
    if not source.packages:
        yield "packages are wanted, and none are given"
    for item in source.packages:
        if not _PACKAGE.fullmatch(item):
            yield f"a package is name or name=version, not {item!r}"
    if source.sha256 and not _SHA256.fullmatch(source.sha256):
        yield f"a SHA-256 has 64 hexadecimal digits, and {source.sha256!r} is none"


Source = PyPI | Tarball | Maven | Debian


def _sources(items: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(items)


@frozen
class Artifact:
    """Something to be installed, and where it can be had.

    Attributes:
        name: short name, such as ``spark``.
        version: its version; (name, version) identifies the artifact.
        sources: tried in order until one gives it.
    """

    name: str
    version: str
    sources: tuple[Source, ...] = field(converter=_sources)
