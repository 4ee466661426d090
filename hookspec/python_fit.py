"""Whether a machine's Python is one that distributions from PyPI were fetched for: those of the engine's Python."""

import platform

from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts


def check_python(what: str, host: str, facts: Facts) -> None:
    """Refuse a Python that a :class:`~serai.hookspec.artifacts.PyPI` artifact was not fetched for.

    Args:
        what: what was fetched, for the error.
        host: the instance's name.
        facts: the instance's.

    Raises:
        SeraiError: the instance has no Python, another feature release, or another architecture.
    """
    engine, instance = feature_release(platform.python_version()), feature_release(facts.python_version)
    if not facts.python or not instance:
        raise SeraiError(
            "there is no Python",
            code="PYTHON_MISSING",
            place=host,
            hint=f"install Python {engine} on the machine",
        )
    if instance != engine or (facts.architecture and facts.architecture != platform.machine()):
        raise SeraiError(
            f"{what} is fetched for Python {engine} on {platform.machine()}, as the engine runs on;"
            f" {facts.python} is Python {instance} on {facts.architecture or 'an unknown architecture'}",
            code="PYTHON_MISMATCH",
            place=host,
            hint=f"put Python {engine} first on the machine's PATH, or run the engine on Python {instance}",
        )


def feature_release(version: str) -> str:
    """``3.11`` of ``3.11.7``; ``""`` of what is no version."""
    parts = version.split(".")
    return ".".join(parts[:2]) if len(parts) >= 2 and all(part.isdecimal() for part in parts[:2]) else ""
