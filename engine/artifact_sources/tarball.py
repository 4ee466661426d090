"""Tar archives: downloaded, checked, and unpacked where they cannot do harm."""

import hashlib
import sys
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol

from serai.engine.artifact_sources.mirrors import mirrored
from serai.hookspec.artifacts import Tarball
from serai.hookspec.errors import ArtifactError

_BLOCK: Final = 1 << 20
_SILENCE: Final = 60.0
"""Seconds without a byte after which a download is given up."""


def fetch(source: Tarball, directory: Path, scratch: Path, mirrors: Mapping[str, str], timeout: float) -> None:
    """Download an archive and unpack it.

    Args:
        source: the archive.
        directory: exists and is empty.
        scratch: exists and is empty.
        mirrors: what to put in the place of the beginning of a URL.
        timeout: seconds.

    Raises:
        ArtifactError: it cannot be had, or is not what was declared.
    """
    archive = scratch / "archive"
    download(mirrored(source.url, mirrors), archive, source.sha256, timeout)
    unpack(archive, directory, source.strip)


def download(url: str, destination: Path, sha256: str, timeout: float) -> None:
    """Download a file and check it.

    Raises:
        ArtifactError: it cannot be had within the time, or its checksum is another.
    """
    import urllib.request  # here and not above: it takes longer to import than all the engine
    from http.client import HTTPException

    if not url.startswith(("https:", "http:", "file:")):
        raise ArtifactError(
            f"not an https, http or file URL: {url}", hint="see whether a mirror of that URL is set wrong"
        )
    try:
        with urllib.request.urlopen(url, timeout=min(_SILENCE, timeout)) as stream, destination.open("wb") as file:  # noqa: S310 - checked above
            found = _copy(stream, file, timeout)
    except (OSError, ValueError, HTTPException) as error:
        raise ArtifactError(
            f"{url}: {error or type(error).__name__}",
            hint="see whether the URL is right and this machine reaches it, or set a mirror",
        ) from error
    if found != sha256.lower():
        raise ArtifactError(
            f"{url}: its SHA-256 is {found}, not {sha256}",
            code="CHECKSUM_MISMATCH",
            hint="see whether the URL is of the release that was declared, and whether a mirror or proxy is broken",
        )


class _Stream(Protocol):
    """What a response and an open file have in common."""

    def read1(self, size: int, /) -> bytes: ...


def _copy(stream: _Stream, file: BinaryIO, timeout: float) -> str:
    """Copy a stream; gives its SHA-256."""
    deadline = time.monotonic() + timeout
    digest = hashlib.sha256()
    # Whatever has come: read() waits for a whole block, and of a source that gives a byte a minute for ever.
    while block := stream.read1(_BLOCK):
        if time.monotonic() >= deadline:
            raise TimeoutError(f"not done within {timeout:g} s")
        digest.update(block)
        file.write(block)
    return digest.hexdigest()


def unpack(archive: Path, directory: Path, strip: int) -> None:
    """Unpack a tar archive, without its first ``strip`` path components, never outside the directory.

    Raises:
        ArtifactError: it is no archive, or it would write outside.
    """
    if not hasattr(tarfile, "data_filter"):
        raise ArtifactError(
            f"Python {sys.version.split()[0]} cannot unpack archives safely", hint="use Python 3.11.4 or newer"
        )

    def chosen(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
        kept = stripped(member, strip)
        return None if kept is None else tarfile.data_filter(kept, path)

    try:
        with tarfile.open(archive) as tar:
            tar.extractall(directory, filter=chosen)  # noqa: S202 - each member passes tarfile's own data filter
    except (tarfile.TarError, OSError, EOFError) as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise ArtifactError(
            f"the archive cannot be unpacked: {reason}", hint="see whether it is the release's own archive, and whole"
        ) from error


def stripped(member: tarfile.TarInfo, strip: int) -> tarfile.TarInfo | None:
    """A member without its first path components; None when nothing is left of it."""
    name = _shortened(member.name, strip)
    if not name:
        return None
    # A hard link names another member; a symbolic link is relative to its own place.
    link = _shortened(member.linkname, strip) if member.islnk() else member.linkname
    return member.replace(name=name, linkname=link, deep=False)


def _shortened(name: str, strip: int) -> str:
    parts = [part for part in PurePosixPath(name).parts if part != "/"]
    return "/".join(parts[strip:])
