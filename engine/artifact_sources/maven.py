"""Jars from Maven repositories, resolved by Maven itself: the user's settings, mirrors and proxies hold for it."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from serai.engine.artifact_sources.file_sets import digest
from serai.engine.artifact_sources.maven_project import project, settings
from serai.engine.artifact_sources.maven_words import failure
from serai.engine.artifact_sources.mirrors import mirrored
from serai.engine.artifact_sources.programs import execute, text
from serai.hookspec.artifacts import Maven
from serai.hookspec.errors import ArtifactError

GOAL: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
CENTRAL: Final = "https://repo.maven.apache.org/maven2"


def resolve(source: Maven, directory: Path, scratch: Path, mirrors: Mapping[str, str], timeout: float) -> None:
    """Put what some coordinates need at run time into a directory.

    Args:
        source: the coordinates.
        directory: exists and is empty.
        scratch: exists and is empty.
        mirrors: what to put in the place of the beginning of Maven Central's URL.
        timeout: seconds.

    Raises:
        ArtifactError: there is no Maven, it could not resolve them, or to something else than was declared.
    """
    try:
        gather(_resolved(source, scratch, mirrors, timeout), directory)
        found = digest(directory)
    except OSError as error:
        raise ArtifactError(f"the jars cannot be kept: {error}") from error
    if found != source.sha256:
        raise ArtifactError(
            f"the jars are not those declared: the SHA-256 of the set is {found}, not {source.sha256}",
            code="CHECKSUM_MISMATCH",
            hint="see whether a repository of ~/.m2/settings.xml gives others; "
            "if it is these that are wanted, declare their SHA-256",
        )


def _resolved(source: Maven, scratch: Path, mirrors: Mapping[str, str], timeout: float) -> list[Path]:
    """Where Maven has the files, in the user's local repository."""
    if shutil.which("mvn") is None:
        raise ArtifactError(
            "there is no Maven here: no mvn on the PATH",
            code="MAVEN_MISSING",
            hint="install it (Debian and Ubuntu: apt-get install maven), or use a tarball where the plugin takes one",
        )
    (scratch / "pom.xml").write_text(project(source), encoding="utf-8")
    listed = scratch / "classpath"
    # That something was not found is remembered in the local repository, and --update-snapshots looks again.
    mvn = ("mvn", "--batch-mode", "--strict-checksums", "--update-snapshots", "--no-transfer-progress")
    wanted = ("-DincludeScope=runtime", f"-Dmdep.outputFile={os.fspath(listed)}", "-Dmdep.pathSeparator=\n")
    outcome = execute("Maven", (*mvn, *_mirroring(scratch, mirrors), GOAL, *wanted), scratch, {}, timeout)
    if outcome.status != 0:
        raise failure(outcome.status, text(outcome.stdout), text(outcome.stderr))
    return [Path(line) for line in os.fsdecode(listed.read_bytes()).split("\n") if line]


def _mirroring(scratch: Path, mirrors: Mapping[str, str]) -> tuple[str, ...]:
    """Arguments for a mirror of Maven Central: in the place of Maven's global settings, beside the user's own."""
    # Whether what is mirrored was declared with a slash at its end makes no difference.
    central = mirrored(f"{CENTRAL}/", mirrors).rstrip("/")
    if central == CENTRAL:
        return ()
    path = scratch / "settings.xml"
    path.write_text(settings(central), encoding="utf-8")
    return ("--global-settings", os.fspath(path))


def gather(files: Iterable[Path], directory: Path) -> None:
    """Copy files into one directory.

    Raises:
        ArtifactError: two of them have the same name.
    """
    for file in files:
        target = directory / file.name
        if target.exists():
            raise ArtifactError(
                f"two of the jars are called {file.name}", hint="exclude one of them, by group and artifact"
            )
        shutil.copyfile(file, target)
