"""What gets installed: named, versioned, verified."""

from collections.abc import Iterable

from attrs import field, frozen

from serai.hookspec.sequences import strings


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


Source = PyPI | Tarball


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
