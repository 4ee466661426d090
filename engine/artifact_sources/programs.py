"""Programs of this machine that fetch: pip, Maven, apt."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from serai.hookspec.errors import ArtifactError

if TYPE_CHECKING:
    from serai.engine.remote.transport import Outcome


def execute(name: str, argv: Sequence[str], directory: Path, env: Mapping[str, str], timeout: float) -> "Outcome":
    """Run a program to its end, or end it.

    Args:
        name: what errors call it.
        argv: the program and its arguments.
        directory: where it runs.
        env: added to this process's environment.
        timeout: seconds.

    Raises:
        ArtifactError: it was not done in time.
    """
    # Here and not above: plumbum takes longer to import than all the engine.
    from serai.engine.remote.local import LocalTransport
    from serai.engine.remote.transport import Command

    command = Command(tuple(argv), cwd=os.fspath(directory), env=dict(env))
    outcome = LocalTransport("here", {}).execute(command, stdin=None, stdout=None, timeout=timeout)
    if outcome.exceeded:
        raise ArtifactError(f"{name} was not done within {timeout:g} s")
    return outcome


def text(said: bytes) -> str:
    """What a program said, whatever its encoding."""
    return said.decode("utf-8", "backslashreplace").strip()
