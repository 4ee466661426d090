"""Packages of Debian and of distributions made from it, downloaded by apt and unpacked without being installed."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from serai.engine.artifact_sources.file_sets import digest
from serai.engine.artifact_sources.programs import execute, text
from serai.hookspec.artifacts import Debian
from serai.hookspec.errors import ArtifactError

_UPDATE: Final = "have apt look for what there is: apt-get update; then see whether the name and the version are right"
_REACH: Final = "see whether this machine reaches the distribution's mirror, which /etc/apt tells"
_BROKEN: Final = "have apt look for what there is: apt-get update; or see whether a mirror or proxy is broken"
_KINDS: Final = (
    (re.compile(r"[Uu]nable to locate package|was not found|Can't find"), "PACKAGE_NOT_FOUND", _UPDATE),
    (re.compile(r"Hash Sum mismatch|[Ss]ize mismatch"), "CHECKSUM_MISMATCH", _BROKEN),
    (re.compile(r"404 +Not Found"), "PACKAGE_NOT_FOUND", _UPDATE),
    (re.compile(r"Failed to fetch|Could not|Temporary failure"), "REPOSITORY_UNREACHABLE", _REACH),
)
"""What is known of failures, by what apt says: the code and the hint. The first that fits counts."""


def unpack(source: Debian, directory: Path, scratch: Path, timeout: float) -> None:
    """Download packages and unpack them, as their files lie below ``/`` when they are installed.

    Args:
        source: the packages.
        directory: exists and is empty.
        scratch: exists and is empty.
        timeout: seconds for the download, and for each package.

    Raises:
        ArtifactError: there is no apt, it could not get them, or they are not those declared.
    """
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise ArtifactError(
                f"there is no {program} here: packages come with the tools of Debian and Ubuntu",
                code="APT_MISSING",
                hint="run the engine on Debian or Ubuntu, or install on the machines what the packages hold",
            )
    _download(source, scratch, timeout)
    _check(source, scratch)
    for archive in sorted(scratch.iterdir()):
        argv = ("dpkg-deb", "--extract", os.fspath(archive), os.fspath(directory))
        outcome = execute("dpkg-deb", argv, directory, {}, timeout)
        if outcome.status != 0:
            raise ArtifactError(f"{archive.name} cannot be unpacked: {text(outcome.stderr)[-2000:]}")


def _download(source: Debian, scratch: Path, timeout: float) -> None:
    """``apt-get download`` needs no root, checks what it gets against the signed lists, and puts it where it runs."""
    argv = ("apt-get", "download", "--quiet", "--quiet", *source.packages)
    outcome = execute("apt-get", argv, scratch, {"LC_ALL": "C"}, timeout)
    if outcome.status != 0:
        raise failure(outcome.status, text(outcome.stderr))


def _check(source: Debian, scratch: Path) -> None:
    if source.sha256 and (found := digest(scratch)) != source.sha256:
        raise ArtifactError(
            f"the packages are not those declared: the SHA-256 of the set is {found}, not {source.sha256}",
            code="CHECKSUM_MISMATCH",
            hint="see whether this machine has the release and the architecture they were declared for; "
            "if it is these that are wanted, declare their SHA-256",
        )


def failure(status: int, stderr: str) -> ArtifactError:
    """The error for an apt that failed.

    Args:
        status: its exit status.
        stderr: what it said there.
    """
    errors = [line.removeprefix("E:").strip() for line in stderr.splitlines() if line.startswith("E:")]
    said = "; ".join(errors) or stderr[-2000:]
    for pattern, code, hint in _KINDS:
        if pattern.search(said):
            return ArtifactError(f"apt-get: {said}", code=code, hint=hint)
    return ArtifactError(f"apt-get ended with status {status}: {said}")
