"""The releases of Dask this plugin runs, and where each comes from."""

from typing import Final

from serai.hookspec.artifacts import Artifact, PyPI

VERSIONS: Final = ("2026.8.0", "2025.12.0")
"""Newest first: the current line, and the last release of the year before."""


def dask_artifact(version: str) -> Artifact:
    """The distribution of one release.

    ``distributed`` and ``dask`` are released together and only work as a pair.
    """
    return Artifact("dask", version, (PyPI((f"distributed=={version}", f"dask=={version}")),))
