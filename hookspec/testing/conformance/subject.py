"""The plugin that is looked at, and what its author told of it."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Final

from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.testing.conformance.checks import CHECKS, Check, NotApplicable, Outcome, Result
from serai.hookspec.testing.conformance.examples import first_with
from serai.hookspec.testing.conformance.told import Testing, testing_of
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.hooks import Hooks
from serai.hookspec.testing.strategies import clusters
from serai.hookspec.testing.strategies.clusters_of_stacks import SomeFacts
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import is_sound
from serai.hookspec.testing.strategies.knowledge import learned
from serai.hookspec.testing.strategies.offer import given_plainly, offer_of
from serai.hookspec.testing.strategies.topology import Group


class Subject:
    """A plugin, and all that checks need of it. What was found out once is known from then on.

    Args:
        plugins: by name: the provisioning plugin first, then auxiliaries.
        testing: what its author tells.
        examples: how many examples a property is tried with.
    """

    def __init__(self, plugins: Mapping[str, object], testing: Testing, *, examples: int = 20) -> None:
        self.plugins: Final = dict(plugins)
        self.name: Final = next(iter(plugins))
        self.testing: Final = testing
        self.examples: Final = examples
        self._results: dict[str, Result] = {}

    def stage(self) -> Stage:
        """The plugin on hosts of its own, with nothing on them."""
        return Stage(self.plugins, self.testing.fleet())

    @cached_property
    def offers(self) -> Stage:
        """The plugin, to be asked what needs no hosts."""
        return self.stage()

    @cached_property
    def versions(self) -> Sequence[str]:
        """Its versions."""
        return tuple(self.offers.get_versions())

    def holds_something(self, cluster: Cluster, group: str) -> bool:
        """Whether instances of a node group may hold what removing them would lose, by what authors tell.

        An auxiliary plugin that has no ``decommission_nodes`` says so by that.
        """
        processes = set(cluster.node_group(group).node_processes)
        return any(
            processes & self._processes_of(name, cluster.hadoop_version)
            for name, plugin in self.plugins.items()
            if not (self.testing if name == self.name else testing_of(plugin)).keeps_nothing
            and (name == self.name or Hooks({name: plugin}).implements("decommission_nodes"))
        )

    def _processes_of(self, name: str, version: str) -> set[str]:
        services = Hooks({name: self.plugins[name]}).get_node_processes(version)
        return {process for processes in services.values() for process in processes}

    def implements(self, *hooks: str) -> None:
        """Go on only where some hooks are implemented."""
        if missing := [hook for hook in hooks if not self.offers.implements(hook)]:
            raise NotApplicable(f"it does not implement {' and '.join(missing)}")

    def clusters(self, *, valid: bool | None, facts: SomeFacts = None) -> SearchStrategy[Cluster]:
        """Clusters that could be asked of it.

        Args:
            valid: True for those that it accepts; None for any.
            facts: what machines are like; as those of the fleet when left out.
        """
        told = self.testing
        strategy: SearchStrategy[Cluster] = clusters(
            self.offers,
            valid=valid,  # type: ignore[arg-type]  # True or None
            max_instances=told.max_instances,
            facts=self.offers.fleet.get_machine_facts() if facts is None else facts,
            topologies=told.topologies,
            values=told.values,
        )
        return strategy

    @cached_property
    def smallest(self) -> Cluster:
        """The simplest cluster that it accepts.

        Raises:
            NoValidTopology: none was found.
        """
        return self.known[0]

    @cached_property
    def known(self) -> list[Cluster]:
        """Clusters that it is known to accept, the simplest first; then that one with a group more of each process."""
        told, facts = self.testing, self.offers.fleet.get_machine_facts()
        offer = given_plainly(offer_of(self.offers, self.versions[0]), told.values)
        topologies = learned(offer, facts, told.topologies, told.max_instances).within(told.max_instances)
        larger = [(*topologies[0], Group((process,), 1)) for process in offer.processes]
        drafts = [Draft(each, facts=(facts,) * len(each)) for each in (*topologies, *larger)]
        return [draft.cluster(offer) for draft in drafts if is_sound(offer, draft)]

    @cached_property
    def growable(self) -> list[tuple[Cluster, str]]:
        """For each process that more may be had of, the simplest cluster with a node group that may grow, and which.

        Raises:
            NotApplicable: there is none.
        """
        self.implements("scale_cluster")
        services = self.offers.get_node_processes(self.smallest.hadoop_version)
        processes = [process for names in services.values() for process in names]
        found: dict[tuple[tuple[str, ...], ...], tuple[Cluster, str]] = {}
        for process in processes:
            grows = partial(self._growing, process)
            for example in list(filter(grows, self.known))[:1]:
                group = grows(example)[0]
                found.setdefault(_shape(example, group), (example, group))
        return list(found.values()) or self._searched(processes)

    def _searched(self, processes: Sequence[str]) -> list[tuple[Cluster, str]]:
        """As :attr:`growable`, where none of the clusters that are known may grow."""

        def growing(cluster: Cluster) -> list[str]:
            return [group for process in processes for group in self._growing(process, cluster)]

        example = first_with(self.clusters(valid=True), growing)
        if example is None:
            raise NotApplicable("no node group may grow")
        return [(example, growing(example)[0])]

    def _growing(self, process: str, cluster: Cluster) -> list[str]:
        """The node groups with instances of a process that may have one more of them, and two."""
        return [
            group.name
            for group in cluster.groups_with(process)
            if group.count and all(self._may_have(cluster, group.name, group.count + more) for more in (1, 2))
        ]

    def _may_have(self, cluster: Cluster, group: str, count: int) -> bool:
        try:
            return not self.offers.validate_scaling(cluster, {group: count}, {})
        except Exception:  # noqa: BLE001 - refused by raising; that it crashes is the finding of another check
            return False

    def result(self, check: Check) -> Result:
        """What comes of a check, and before of those that it needs."""
        if check.name not in self._results:
            self._results[check.name] = self._looked(check)
        return self._results[check.name]

    def _looked(self, check: Check) -> Result:
        for needed in check.needs:
            if self.result(CHECKS[needed]).outcome in (Outcome.FAILED, Outcome.NOT_RUN):
                return Result(check, Outcome.NOT_RUN, reason=f"{needed} has not passed")
        try:
            problems = tuple(check.find(self))
        except NotApplicable as why:
            return Result(check, Outcome.NOT_APPLICABLE, reason=str(why))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is a finding
            problems = (f"{type(error).__name__}: {error}",)
        return Result(check, Outcome.FAILED if problems else Outcome.PASSED, problems)


def _shape(cluster: Cluster, group: str) -> tuple[tuple[str, ...], ...]:
    """By which it is told whether two clusters would show the same when they grow."""
    return (
        tuple(cluster.node_group(group).node_processes),
        *(tuple(each.node_processes) for each in cluster.node_groups),
    )
