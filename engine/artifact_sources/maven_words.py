"""What Maven says when it fails, in one line, and what to do about it."""

import re
from itertools import dropwhile, takewhile
from typing import Final

from serai.engine.artifact_sources.maven_project import NAME
from serai.hookspec.errors import ArtifactError

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR: Final = "[ERROR]"
_HELP: Final = re.compile(r"\s*-> \[Help \d+\].*")
_NO_JAVA: Final = "install a Java (Debian and Ubuntu: apt-get install default-jre-headless), or set JAVA_HOME right"
_WRONG_CHECKSUM: Final = "see whether the repository, or a mirror or proxy on the way to it, is broken"
_NOT_THERE: Final = "see whether the coordinates are right, and whether that repository has them"
_NOT_REACHED: Final = (
    "see whether this machine reaches that repository (proxies are set in ~/.m2/settings.xml), or set a mirror"
)
_KINDS: Final = (
    (re.compile(r"JAVA_HOME|java: not found"), "MAVEN_WITHOUT_JAVA", _NO_JAVA),
    (re.compile(r"[Cc]hecksum validation failed"), "CHECKSUM_MISMATCH", _WRONG_CHECKSUM),
    (re.compile(r"Could not find artifact|was not found in"), "ARTIFACT_NOT_FOUND", _NOT_THERE),
    (re.compile(r"Could not transfer"), "REPOSITORY_UNREACHABLE", _NOT_REACHED),
)
"""What is known of failures, by what is said: the code and the hint. The first that fits counts."""


def failure(status: int, stdout: str, stderr: str) -> ArtifactError:
    """The error for a Maven that failed.

    Args:
        status: its exit status.
        stdout: what it said, colours and all.
        stderr: what it, or the script that starts it, said there.
    """
    said = reason(stdout) or (stderr.strip() or stdout.strip())[-2000:]
    for pattern, code, hint in _KINDS:
        if pattern.search(said):
            return ArtifactError(f"Maven: {said}", code=code, hint=hint)
    return ArtifactError(f"Maven ended with status {status}: {said}")


def reason(stdout: str) -> str:
    """The first error that Maven tells: it, and not the lines about help; ``""`` when it tells none."""
    lines = [_COLOUR.sub("", line).strip() for line in stdout.splitlines()]
    # An error can go over several lines, and ends with a reference to help, which stands in a paragraph of its own.
    first = dropwhile(lambda line: not line.startswith(_ERROR), lines)
    paragraph = takewhile(lambda line: line.startswith(_ERROR) and line != _ERROR, first)
    words = " ".join(line.removeprefix(_ERROR).strip() for line in paragraph)
    said = _HELP.sub("", words)
    return said.partition(f"{NAME}: ")[2] or said
