"""Getting an artifact from any kind of source into a directory. Whatever goes wrong is an ArtifactError."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from serai.engine.artifact_sources import debian, maven, pypi, tarball
from serai.hookspec.artifacts import Debian, Maven, PyPI, Source, Tarball

_TOLD: Final = 4
"""How many requirements are named: of many, the first are what was asked for, and the others what that needs."""


def describe(source: Source) -> str:
    """A source in a few words."""
    match source:
        case PyPI(requirements):
            more = len(requirements) - _TOLD
            told = " ".join(requirement.split()[0] for requirement in requirements[:_TOLD])
            return f"PyPI {told}" + (f" and {more} more" if more > 0 else "")
        case Tarball(url):
            return url
        case Maven(coordinates):
            more = len(coordinates) - 1
            return f"Maven {coordinates[0]}" + (f" and {more} more" if more else "")
        case Debian(packages):
            return f"apt {' '.join(packages)}"


def obtain(
    source: Source, directory: Path, scratch: Path, *, mirrors: Mapping[str, str], python: str, timeout: float
) -> None:
    """Fill a directory from a source.

    Args:
        source: where from.
        directory: exists and is empty.
        scratch: exists and is empty; for whatever is needed on the way.
        mirrors: for tarballs and Maven Central: what to put in the place of the beginning of a URL; the longest
            match wins.
        python: the interpreter whose pip is used.
        timeout: seconds.

    Raises:
        ArtifactError: the source cannot give it, or what it gives is not what was declared.
    """
    match source:
        case PyPI():
            pypi.install(source, directory, scratch, python, timeout)
        case Tarball():
            tarball.fetch(source, directory, scratch, mirrors, timeout)
        case Maven():
            maven.resolve(source, directory, scratch, mirrors, timeout)
        case Debian():
            debian.unpack(source, directory, scratch, timeout)
