"""The programs, from Debian's packages."""

from typing import Final

from serai.hookspec.artifacts import Artifact, Debian
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

SERVER: Final = "prometheus"
EXPORTER: Final = "prometheus-node-exporter"

_PACKAGES: Final = {name: Artifact(name, "distribution", (Debian((name,)),)) for name in (SERVER, EXPORTER)}
"""The version is that of the distribution's release, which mends it and answers for it."""


def root_of(instance: Instance, name: str, run: Run) -> str:
    """Have a program on an instance.

    Args:
        instance: where.
        name: of the program, and of its package.
        run: the operation.

    Returns:
        The directory below which the package's files lie: ``""`` where the machine has it installed, else that of the
        artifact.

    Raises:
        ArtifactError: it could not be had.
    """
    is_installed = instance.remote.run("test", "-x", program(name), check=False).status == 0
    return "" if is_installed else run.artifact(instance, _PACKAGES[name])


def program(name: str, root: str = "") -> str:
    """The path of a program.

    Args:
        name: of the program.
        root: as of :func:`root_of`.
    """
    return f"{root}/usr/bin/{name}"
