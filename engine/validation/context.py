"""What the rules look at: a spec, and what its plugins declare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import frozen

from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import nearest
from serai.engine.documents.paths import Path
from serai.engine.plugins.stack import Stack
from serai.engine.spec import ClusterSpec, NodeGroupSpec
from serai.engine.validation.composition import Composition
from serai.hookspec.configs import GENERAL, SERVICE_PREFIX, Config


@frozen(eq=False)
class Context:
    """What a rule may look at.

    Attributes:
        spec: what the user asks for.
        composition: its plugins.
        is_taken: tells whether another cluster has a name.
    """

    spec: ClusterSpec
    composition: Composition
    is_taken: Callable[[str], bool]

    @property
    def stack(self) -> Stack | None:
        """The plugins, when they are known: rules about what plugins declare are silent otherwise."""
        return self.composition.stack

    def is_faulty(self, *path: str | int) -> bool:
        """Whether what the spec has at a place is a guess, because the document is faulty there."""
        return self.spec.reading.is_faulty(path)

    @property
    def node_groups(self) -> Iterator[tuple[Path, NodeGroupSpec]]:
        """Each node group with its place."""
        return ((("node_groups", index), group) for index, group in enumerate(self.spec.node_groups))

    @cached_property
    def services(self) -> Mapping[str, Sequence[str]]:
        """Processes by service."""
        return self.stack.get_node_processes() if self.stack else {}

    @cached_property
    def service_of(self) -> Mapping[str, str]:
        """The service of each process."""
        return {process: service for service, processes in self.services.items() for process in processes}

    @cached_property
    def targets(self) -> Mapping[str, Mapping[str, Config]]:
        """Configs by name, by applicable target; a service without configs of its own is a target too."""
        targets: dict[str, dict[str, Config]] = {GENERAL: {}}
        targets.update({f"{SERVICE_PREFIX}{service}": {} for service in self.services})
        for config in self.stack.get_configs() if self.stack else ():
            targets.setdefault(config.applicable_target, {})[config.name] = config
        return targets

    @cached_property
    def running(self) -> frozenset[str]:
        """The services of which some node group runs a process, those of guessed processes among them."""
        meant = (self.process(name) for _, group in self.node_groups for name in group.node_processes)
        return frozenset(self.service_of[name] for name in meant if name is not None)

    @cached_property
    def knows_what_runs(self) -> bool:
        """Whether there are node groups, and every one's processes are known for certain."""
        return bool(self.composition.sure and self.spec.node_groups) and all(
            not self.is_faulty(*path, "node_processes") and all(map(self.process, group.node_processes))
            for path, group in self.node_groups
        )

    def processes_of(self, target: str) -> Sequence[str]:
        """The processes that configs of a target are for; none when they are for anything."""
        return self.services.get(target.removeprefix(SERVICE_PREFIX), ()) if target.startswith(SERVICE_PREFIX) else ()

    def is_used(self, target: str) -> bool:
        """Whether something runs that configs of a target are for."""
        return not self.processes_of(target) or target.removeprefix(SERVICE_PREFIX) in self.running

    def process(self, name: str) -> str | None:
        """The process of a name, or the one that was probably meant."""
        return name if name in self.service_of else nearest(name, self.service_of)

    def target(self, name: str) -> str | None:
        """The applicable target of a name, or the one that was probably meant."""
        if name in self.targets:
            return name
        by_service = {target.removeprefix(SERVICE_PREFIX): target for target in self.targets}
        near = nearest(name.removeprefix(SERVICE_PREFIX), by_service)
        return by_service[near] if near else None

    def config(self, target: str, name: str) -> Config | None:
        """The config of a target and a name, or the one that was probably meant."""
        known = self.targets.get(self.target(target) or "", {})
        return known.get(name) or known.get(nearest(name, known) or "")


Rule = Callable[[Context], Iterator[Fault]]
"""One thing to check; yields a fault for every place where it does not hold."""
