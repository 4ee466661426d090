"""Which plugins are installed, told from entry points alone: nothing is imported here."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, distributions
from typing import Final

from attrs import frozen

from serai.engine.log_context import get_logger
from serai.hookspec.errors import Origin
from serai.hookspec.semantics import Role

log: Final = get_logger("serai.plugins")

_ROLES: Final = {role.entry_point_group: role for role in Role}


@frozen
class Candidate:
    """An entry point that promises a plugin.

    Attributes:
        name: the plugin's name.
        role: told by the entry-point group.
        entry_point: where its object is.
        distribution: the package that ships it; ``""`` when that does not say its name.
    """

    name: str
    role: Role
    entry_point: EntryPoint
    distribution: str

    @property
    def version(self) -> str:
        return (self.entry_point.dist.version or "") if self.entry_point.dist else ""

    @property
    def origin(self) -> Origin:
        """The plugin as errors name it."""
        return Origin(self.name, self.distribution, self.version)

    @property
    def blocking_names(self) -> frozenset[str]:
        """The names by which the candidate can be blocked: its own, ``role:name``, its distribution's."""
        return frozenset({self.name, f"{self.role}:{self.name}", self.distribution})


def installed() -> dict[Role, list[Candidate]]:
    """The candidates of each role, in an order that does not depend on how they were installed.

    A distribution whose metadata cannot be read offers nothing, and does not keep the others from being found.
    """
    found: dict[tuple[Role, str, str, str], Candidate] = {}
    for distribution in distributions():
        try:
            for entry_point in distribution.entry_points:
                if (role := _ROLES.get(entry_point.group)) is not None:
                    candidate = Candidate(entry_point.name, role, entry_point, distribution.name or "")
                    found.setdefault((role, candidate.name, candidate.distribution, entry_point.value), candidate)
        except Exception as error:  # noqa: BLE001 - broken metadata raises whatever its reader stumbles over
            log.warning("the metadata of a distribution cannot be read: %s: %s", type(error).__name__, error)
    return {role: [found[key] for key in sorted(found) if key[0] is role] for role in Role}


def by_name(candidates: Iterable[Candidate], blocked: frozenset[str]) -> dict[str, list[Candidate]]:
    """Candidates that are not blocked, by plugin name; more than one under a name is a clash."""
    grouped: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if not candidate.blocking_names & blocked:
            grouped.setdefault(candidate.name, []).append(candidate)
    return grouped
