"""The plugins an engine knows, for people and host services to look through."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from serai.engine.plugins.catalog import Catalog, Roster
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config
from serai.hookspec.errors import SeraiError
from serai.hookspec.gate import deprecated_uses, implemented
from serai.hookspec.semantics import Role


class PluginInfo:
    """One plugin: what it offers, alone or with auxiliaries."""

    def __init__(self, catalog: Catalog, roster: Roster, name: str) -> None:
        self._catalog = catalog
        self._plugin = roster[name]
        self.name = name
        self.role = roster.role
        self.distribution = self._plugin.distribution
        self.distribution_version = self._plugin.version

    def __repr__(self) -> str:
        return f"<PluginInfo {self.role} {self.name}>"

    @property
    def implementation(self) -> object:
        """The object that its entry point leads to, or that was passed in."""
        return self._plugin.implementation

    @property
    def capabilities(self) -> list[str]:
        """The hooks it implements."""
        return sorted(implementation.name for implementation in implemented(self._plugin.implementation))

    @property
    def deprecations(self) -> list[str]:
        """What it uses of the contract that goes out of use, with what it is to do instead."""
        return deprecated_uses(self._plugin.implementation, self.role)

    @property
    def versions(self) -> list[str]:
        """The versions it provisions, newest first; none unless it is a provisioning plugin."""
        return self._catalog.versions(self.name) if self.role is Role.PROVISIONING else []

    @property
    def labels(self) -> dict[str, Any]:
        """How mature it and its versions are."""
        if self.role is not Role.PROVISIONING:
            return {}
        return self._catalog.stack(self.name, self.versions[0]).get_labels()

    def configs(self, version: str, auxiliaries: Sequence[str] = ()) -> list[Config]:
        """What a user may set."""
        return self._catalog.stack(self.name, version, auxiliaries).get_configs()

    def node_processes(self, version: str, auxiliaries: Sequence[str] = ()) -> dict[str, list[str]]:
        """Service to processes."""
        return self._catalog.stack(self.name, version, auxiliaries).get_node_processes()

    def open_ports(self, version: str, auxiliaries: Sequence[str] = ()) -> dict[str, list[int]]:
        """Process to the TCP ports that must be reachable where it runs, with every config at its default."""
        stack = self._catalog.stack(self.name, version, auxiliaries)
        processes = [process for group in stack.get_node_processes().values() for process in group]
        groups = [NodeGroup(process, 1, [process]) for process in processes]
        cluster = Cluster(self.name, self.name, version, groups, auxiliary_plugins=list(auxiliaries))
        cluster.bind_configs(stack.get_configs())
        return {group.name: stack.get_open_ports(group) for group in groups}

    def image_tags(self, version: str, auxiliaries: Sequence[str] = ()) -> list[str]:
        """Tags an image must have."""
        return self._catalog.stack(self.name, version, auxiliaries).get_required_image_tags()

    def job_types(self, version: str, auxiliaries: Sequence[str] = ()) -> list[str]:
        """Types of jobs it runs."""
        stack = self._catalog.stack(self.name, version, auxiliaries)
        return stack.get_edp_job_types([version]).get(version, [])


class PluginInfos(Mapping[str, PluginInfo]):
    """Plugins of one role by name. Iterating imports nothing; taking one imports that one."""

    def __init__(self, catalog: Catalog, roster: Roster) -> None:
        self._catalog = catalog
        self._roster = roster
        self.role = roster.role

    def __iter__(self) -> Iterator[str]:
        return iter(self._roster)

    def __len__(self) -> int:
        return len(self._roster)

    def __contains__(self, name: object) -> bool:
        return name in self._roster

    def __getitem__(self, name: str) -> PluginInfo:
        return PluginInfo(self._catalog, self._roster, name)


class Plugins(PluginInfos):
    """The provisioning plugins by name, and the other roles beside them."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog, catalog.provisioning)
        self.auxiliary = PluginInfos(catalog, catalog.auxiliary)
        self.infrastructure = PluginInfos(catalog, catalog.infrastructure)
        self.listener = PluginInfos(catalog, catalog.listener)

    def quarantine(self) -> dict[str, SeraiError]:
        """Load every plugin; those that cannot be, as ``role:name``, with the reason."""
        rosters = (self._catalog.roster(role) for role in Role)
        return {f"{roster.role}:{name}": error for roster in rosters for name, error in roster.load_all().items()}
