"""Distributions from PyPI, or whatever index the user's pip is set to."""

import os
from pathlib import Path

from serai.engine.artifact_sources.programs import execute, text
from serai.hookspec.artifacts import PyPI
from serai.hookspec.errors import ArtifactError


def install(source: PyPI, directory: Path, scratch: Path, python: str, timeout: float) -> None:
    """Install requirements into a directory.

    Args:
        source: the requirements.
        directory: exists and is empty.
        scratch: exists and is empty.
        python: the interpreter whose pip is used, and for which it installs.
        timeout: seconds.

    Raises:
        ArtifactError: pip could not; what it said is the reason.
    """
    listed = scratch / "requirements.txt"
    listed.write_text("".join(f"{requirement}\n" for requirement in source.requirements))
    pip = (python, "-m", "pip", "install", "--target", os.fspath(directory), "--requirement", os.fspath(listed))
    quiet = ("--disable-pip-version-check", "--no-input", "--no-compile", "--root-user-action", "ignore")
    # A wheel is built from a source archive here, several times its size, and must not be left in /tmp.
    env = {"TMPDIR": os.fspath(scratch), "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    outcome = execute("pip", (*pip, *quiet), scratch, env, timeout)
    if outcome.status != 0:
        said = text(outcome.stderr)
        raise ArtifactError(
            f"pip ended with status {outcome.status}: {said[-2000:]}",
            hint=f"install pip for {python}" if "No module named pip" in said else "",
        )
