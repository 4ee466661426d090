"""The stage: plugins, a fleet, and the life of clusters between them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config, ConfigValues
from serai.hookspec.errors import Unsupported, ValidationFailed
from serai.hookspec.infrastructure import MachineRequest
from serai.hookspec.testing.fleet import Fleet, VirtualClock
from serai.hookspec.testing.stage.documents import Groups, cluster_of, seal, without_instances
from serai.hookspec.testing.stage.hooks import Hooks
from serai.hookspec.testing.stage.run import StageRun


class Stage(Hooks):
    """Plugins and hosts in memory, and what happens between them in the life of a cluster.

    Every hook is a method, by its own name: ``stage.validate(cluster)``. A hook that wants a ``run`` and is given none
    gets a new one.

    Args:
        plugins: the provisioning plugin, or plugins by name: the provisioning plugin first, then auxiliaries.
        fleet: the hosts; one on which time passes at once when left out.
        threads: how many instances are worked on at a time. One after the other is the same each time.

    Attributes:
        name: the provisioning plugin's.
        fleet: the hosts.
        runs: every operation there was, in order.
    """

    def __init__(self, plugins: object | Mapping[str, object], fleet: Fleet | None = None, *, threads: int = 1) -> None:
        super().__init__(plugins if isinstance(plugins, Mapping) else {type(plugins).__name__.lower(): plugins})
        self.name: Final = next(iter(self.plugins))
        self.fleet: Final = fleet or Fleet(clock=VirtualClock())
        self.runs: Final[list[StageRun]] = []
        self._threads = threads
        self._configs: dict[str, tuple[Config, ...]] = {}
        self._numbers = count(1)
        self._made: dict[tuple[str, str], Iterator[int]] = {}

    def call(self, declaration: Any, /, *positional: Any, **named: Any) -> Any:
        if "run" in declaration.arguments and len(positional) < len(declaration.arguments):
            named.setdefault("run", self.run())
        return super().call(declaration, *positional, **named)

    def run(self) -> StageRun:
        """A new operation."""
        self.runs.append(StageRun(self.fleet.clock, threads=self._threads))
        return self.runs[-1]

    def configs(self, version: str) -> tuple[Config, ...]:
        """What may be set; asked for once."""
        if version not in self._configs:
            self._configs[version] = tuple(self.get_configs(version))
        return self._configs[version]

    # The life of a cluster

    def cluster(
        self,
        what: Cluster | Groups,
        *,
        version: str | None = None,
        values: ConfigValues | None = None,
        name: str = "demo",
    ) -> Cluster:
        """A cluster whose instances exist and are connected, with nothing on them yet.

        Args:
            what: a cluster, which stays as it is; or node groups by name: ``{"workers": (["worker"], 2)}``.
            version: the framework's; the newest when left out.
            values: for the whole cluster, by target and name.
            name: its name.
        """
        if isinstance(what, Cluster):
            cluster = without_instances(what)
        else:
            chosen = version or self.get_versions()[0]
            cluster = cluster_of(what, name=name, plugins=list(self.plugins), version=chosen, values=values)
        cluster.id = cluster.id or f"cluster-{next(self._numbers)}"
        seal(cluster, self.configs(cluster.hadoop_version))
        self._recommend(cluster, scaling=False)
        for group in cluster.node_groups:
            self._fill(cluster, group)
        return cluster

    def create(self, cluster: Cluster) -> None:
        """Have a cluster configured and started."""
        self.configure_cluster(cluster)
        self.start_cluster(cluster)

    def grow(self, cluster: Cluster, group: str, number: int = 1) -> list[Instance]:
        """Give a node group new instances, connected, with nothing on them yet; ``scale_cluster`` is yet to come.

        Raises:
            ValidationFailed: the plugins refuse it; nothing was changed.
        """
        wanted = cluster.node_group(group).count + number
        self._resize(cluster, {group: wanted})
        return self._fill(cluster, cluster.node_group(group))

    def shrink(self, cluster: Cluster, group: str, number: int = 1) -> list[Instance]:
        """Want fewer instances in a node group; those that are to leave, the newest: still there, nothing drained.

        Raises:
            ValidationFailed: the plugins refuse it; nothing was changed.
        """
        wanted = cluster.node_group(group).count - number
        self._resize(cluster, {group: wanted})
        return cluster.node_group(group).instances[wanted:]

    def remove(self, cluster: Cluster, instances: Sequence[Instance]) -> None:
        """Take instances out of a cluster, and their machines away, as after ``decommission_nodes``."""
        self.fleet.delete_machines(cluster.id, [instance.instance_id for instance in instances])
        for instance in instances:
            instance.node_group.remove_instance(instance)
            instance.bind(None)

    def scale(self, cluster: Cluster, counts: Mapping[str, int]) -> None:
        """Scale node groups to counts, as an engine does: what leaves is drained first, then what comes is taken in.

        Raises:
            ValidationFailed: the plugins refuse it; nothing was changed.
            Unsupported: no plugin implements ``scale_cluster``.
        """
        if not self.implements("scale_cluster"):
            raise Unsupported(f"{self.name} implements no scale_cluster", place=self.name)
        self._resize(cluster, counts)
        groups = [cluster.node_group(name) for name in counts]
        if leaving := [instance for group in groups for instance in group.instances[group.count :]]:
            self.decommission_nodes(cluster, leaving)
            self.remove(cluster, leaving)
        if added := [instance for group in groups for instance in self._fill(cluster, group)]:
            self.scale_cluster(cluster, added)

    def delete(self, cluster: Cluster) -> None:
        """Have a cluster ended, and its machines taken away."""
        self.on_terminate_cluster(cluster)
        self.remove(cluster, cluster.instances)

    def _resize(self, cluster: Cluster, counts: Mapping[str, int]) -> None:
        """Change counts, if plugins allow it: they judge by what is recommended once it is done."""
        former, recommended = {name: cluster.node_group(name).count for name in counts}, cluster.recommendations
        _set(cluster, counts)
        self._recommend(cluster, scaling=True)
        _set(cluster, former)
        if errors := self.validate_scaling(cluster, dict(counts), {}):
            cluster.recommendations = recommended
            raise ValidationFailed(errors)
        _set(cluster, counts)

    def _recommend(self, cluster: Cluster, *, scaling: bool) -> None:
        cluster.bind_configs(self.configs(cluster.hadoop_version))
        cluster.recommendations = ()
        for group in cluster.node_groups:
            group.facts = group.facts or self.fleet.get_machine_facts()
        if cluster.use_autoconfig:
            cluster.recommendations = tuple(self.recommend_configs(cluster, scaling))

    def _fill(self, cluster: Cluster, group: NodeGroup) -> list[Instance]:
        """Make the instances that a group lacks."""
        numbers = self._made.setdefault((cluster.id, group.name), count(1))  # none comes back for another machine
        missing = range(group.count - len(group.instances))
        wanted = [f"{cluster.name}-{group.name}-{next(numbers)}" for _ in missing]
        requests = [MachineRequest(name, group.name, f"{cluster.id}-{name}") for name in wanted]
        return [self._added(cluster, group, request) for request in requests]

    def _added(self, cluster: Cluster, group: NodeGroup, request: MachineRequest) -> Instance:
        [machine] = self.fleet.create_machines(cluster, [request])
        volumes = [f"{group.volumes_mount_prefix}{number + 1}" for number in range(group.volumes_per_node)]
        instance = Instance(
            machine.machine_id,
            machine.name,
            machine.internal_ip,
            machine.management_ip,
            volumes,
            username=machine.username,
            fqdn=machine.name,
            client_token=machine.client_token,
        )
        group.add_instance(instance)
        instance.bind(self.fleet.get_endpoint(cluster, instance).remote)
        return instance


def _set(cluster: Cluster, counts: Mapping[str, int]) -> None:
    for name, number in counts.items():
        cluster.node_group(name).count = number
