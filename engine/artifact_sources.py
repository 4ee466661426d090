"""Getting an artifact from each kind of source into a directory. Whatever goes wrong is an ArtifactError."""

import hashlib
import os
import sys
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Final

from serai.hookspec.artifacts import PyPI, Source, Tarball
from serai.hookspec.errors import ArtifactError

_BLOCK: Final = 1 << 20
_SILENCE: Final = 60.0
"""Seconds without a byte after which a download is given up."""


def describe(source: Source) -> str:
    """A source in a few words."""
    match source:
        case PyPI(requirements):
            return f"PyPI {' '.join(requirement.split()[0] for requirement in requirements)}"
        case Tarball(url):
            return url


def obtain(
    source: Source, directory: Path, scratch: Path, *, mirrors: Mapping[str, str], python: str, timeout: float
) -> None:
    """Fill a directory from a source.

    Args:
        source: where from.
        directory: exists and is empty.
        scratch: exists and is empty; for whatever is needed on the way.
        mirrors: for tarballs: what to put in the place of the beginning of a URL; the longest match wins.
        python: the interpreter whose pip is used.
        timeout: seconds.

    Raises:
        ArtifactError: the source cannot give it, or what it gives is not what was declared.
    """
    match source:
        case PyPI(requirements):
            _install(requirements, directory, scratch, python, timeout)
        case Tarball(url, sha256, strip):
            archive = scratch / "archive"
            download(mirrored(url, mirrors), archive, sha256, timeout)
            unpack(archive, directory, strip)


def mirrored(url: str, mirrors: Mapping[str, str]) -> str:
    """The URL, with its longest matching beginning replaced."""
    prefix = max((prefix for prefix in mirrors if url.startswith(prefix)), key=len, default="")
    return mirrors[prefix] + url.removeprefix(prefix) if prefix else url


def _install(requirements: tuple[str, ...], directory: Path, scratch: Path, python: str, timeout: float) -> None:
    # Here and not above: plumbum takes longer to import than all the engine.
    from serai.engine.remote.local import LocalTransport
    from serai.engine.remote.transport import Command

    listed = scratch / "requirements.txt"
    listed.write_text("".join(f"{requirement}\n" for requirement in requirements))
    pip = (python, "-m", "pip", "install", "--target", os.fspath(directory), "--requirement", os.fspath(listed))
    quiet = ("--disable-pip-version-check", "--no-input", "--no-compile", "--root-user-action", "ignore")
    # A wheel is built from a source archive here, several times its size, and must not be left in /tmp.
    env = {"TMPDIR": os.fspath(scratch), "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    command = Command((*pip, *quiet), cwd=os.fspath(scratch), env=env)
    outcome = LocalTransport("here", {}).execute(command, stdin=None, stdout=None, timeout=timeout)
    if outcome.exceeded:
        raise ArtifactError(f"pip was not done within {timeout:g} s")
    if outcome.status != 0:
        said = outcome.stderr.decode("utf-8", "backslashreplace").strip()
        raise ArtifactError(
            f"pip ended with status {outcome.status}: {said[-2000:]}",
            hint=f"install pip for {python}" if "No module named pip" in said else "",
        )


def download(url: str, destination: Path, sha256: str, timeout: float) -> None:
    """Download a file and check it.

    Raises:
        ArtifactError: it cannot be had within the time, or its checksum is another.
    """
    import urllib.request  # here and not above: it takes longer to import than all the engine

    if not url.startswith(("https:", "http:", "file:")):
        raise ArtifactError(f"not an https, http or file URL: {url}")
    try:
        with urllib.request.urlopen(url, timeout=min(_SILENCE, timeout)) as stream, destination.open("wb") as file:  # noqa: S310 - checked above
            found = _copy(stream, file, timeout)
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{url}: {error}") from error
    if found != sha256.lower():
        raise ArtifactError(f"{url}: its SHA-256 is {found}, not {sha256}", code="CHECKSUM_MISMATCH")


def _copy(stream: IO[bytes], file: IO[bytes], timeout: float) -> str:
    """Copy a stream; gives its SHA-256."""
    deadline = time.monotonic() + timeout
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
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
        raise ArtifactError(f"the archive cannot be unpacked: {error}") from error


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
