"""The plugin that is looked at, and what its author told of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.testing.conformance.checks import CHECKS, Check, NotApplicable, Outcome, Result
from serai.hookspec.testing.conformance.examples import first_with
from serai.hookspec.testing.conformance.growth import Growth, growing, growths, shrinks
from serai.hookspec.testing.conformance.told import Testing, testing_of
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.hooks import Hooks
from serai.hookspec.testing.strategies import clusters
from serai.hookspec.testing.strategies.clusters_of_stacks import SomeFacts
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import is_sound, judged
from serai.hookspec.testing.strategies.knowledge import learned
from serai.hookspec.testing.strategies.offer import given_plainly, offer_of
from serai.hookspec.testing.strategies.topology import Group, Hint, hinted, instances


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

    @property
    def refused_hints(self) -> Iterator[tuple[Hint, Cluster, Sequence[ValidationError]]]:
        """Topologies that its Testing tells of which it accepts no cluster, with one, and what is wrong with that."""
        facts, most = self.offers.fleet.get_machine_facts(), self.testing.max_instances
        offer = given_plainly(offer_of(self.offers, self.versions[0]), self.testing.values)
        for hint in self.testing.topologies:
            told = [each for each in hinted(hint) if instances(each) <= most]
            drafts = [Draft(each, facts=(facts,) * len(each)) for each in told]
            if drafts and all(judged(offer, draft) for draft in drafts):
                yield hint, drafts[0].cluster(offer), judged(offer, drafts[0])

    @cached_property
    def covering(self) -> list[Cluster]:
        """Few of those clusters, the simplest first, that together have every process that any of them has."""
        found: list[Cluster] = []
        seen: set[str] = set()
        for cluster in self.known:
            processes = {process for group in cluster.node_groups for process in group.node_processes}
            if not processes <= seen:
                found.append(cluster)
                seen |= processes
        return found

    @cached_property
    def growable(self) -> list[Growth]:
        """For each kind of node groups that may grow, a simple cluster that has one, and which.

        Raises:
            NotApplicable: there is none.
        """
        self.implements("scale_cluster")
        return growths(self.known, self._may_have) or self._searched()

    @cached_property
    def shrinkable(self) -> list[Growth]:
        """Those of them whose new instances may leave again.

        Raises:
            NotApplicable: there is none.
        """
        self.implements("decommission_nodes")
        if not (found := [each for each in self.growable if shrinks(*each, self._may_have)]):
            raise NotApplicable("no node group that may grow may shrink again")
        return found

    def _searched(self) -> list[Growth]:
        """As :attr:`growable`, where none of the clusters that are known may grow."""
        example = first_with(self.clusters(valid=True), lambda each: growing(each, self._may_have))
        if example is None:
            raise NotApplicable("no node group may grow")
        return [(example, growing(example, self._may_have)[0])]

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
