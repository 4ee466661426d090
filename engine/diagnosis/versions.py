"""What is installed where the engine runs."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from serai.engine.plugins.catalog import Catalog
from serai.hookspec.semantics import Role


def versions(catalog: Catalog) -> dict[str, Any]:
    """Serai, its plugins, what it stands on, Python and the system."""
    return {
        "serai": _version("serai"),
        "python": sys.version,
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "plugins": {role.value: _plugins(catalog, role) for role in Role},
        "libraries": {name: _version(name) for name in sorted(_required())},
    }


def _plugins(catalog: Catalog, role: Role) -> dict[str, str]:
    """Each with its distribution, or why it cannot be used."""
    roster = catalog.roster(role)
    broken = roster.load_all()
    return {
        name: str(broken[name]) if name in broken else f"{roster[name].distribution} {roster[name].version}".strip()
        for name in roster
    }


def _required() -> set[str]:
    names = (requirement.partition(";") for requirement in requires("serai") or ())
    return {name.strip().rstrip("<>=!~,.0123456789") for name, _, condition in names if "extra" not in condition}


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
