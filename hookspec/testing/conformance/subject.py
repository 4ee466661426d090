"""The plugin that is looked at, and what its author told of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, Final

from attrs import field, frozen
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError
from serai.hookspec.testing.conformance.checks import CHECKS, Check, NotApplicable, Outcome, Result
from serai.hookspec.testing.conformance.examples import first_with
from serai.hookspec.testing.conformance.growth import Growth, growing, growths, shrinks
from serai.hookspec.testing.fleet import Fleet, VirtualClock
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.strategies import clusters
from serai.hookspec.testing.strategies.clusters_of_stacks import SomeFacts
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import is_sound, judged
from serai.hookspec.testing.strategies.knowledge import learned
from serai.hookspec.testing.strategies.offer import offer_of
from serai.hookspec.testing.strategies.topology import Group, Hint, hinted, instances


def _silent_fleet() -> Fleet:
    return Fleet(clock=VirtualClock())


@frozen
class Testing:
    """What the author of a plugin tells of it. A plugin names its own as ``SERAI_TESTING = "package.module:NAME"``.

    Attributes:
        fleet: makes hosts that answer as those of the framework do; anew for each try, on a virtual clock.
        hold: has the framework never finish draining a host, by its name; None where nothing can be drained.
        monotone: processes of which more never make an accepted cluster one that is refused.
        keeps_nothing: whether no instance holds anything that removing it could lose.
        topologies: as of :func:`serai.hookspec.testing.strategies.clusters`.
        values: likewise.
        max_instances: how large the clusters are that are tried.
    """

    __test__ = False  # pytest takes every class called Test… for one of tests

    fleet: Callable[[], Fleet] = _silent_fleet
    hold: Callable[[Fleet, str], None] | None = None
    monotone: tuple[str, ...] = ()
    keeps_nothing: bool = False
    topologies: tuple[Any, ...] = ()
    values: Mapping[tuple[str, str], SearchStrategy[Any]] = field(factory=dict, hash=False)
    max_instances: int = 6


def testing_of(plugin: object) -> Testing:
    """What a plugin's author tells of it, where the plugin says; else nothing.

    Raises:
        SeraiError: what it names is not there, or no Testing.
    """
    name = getattr(plugin, "SERAI_TESTING", None)
    if name is None:
        return Testing()
    module, _, attribute = str(name).partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SeraiError(f"SERAI_TESTING names {name!r}, which is not there: {error}", code="NO_TESTING") from error
    if not isinstance(found, Testing):
        raise SeraiError(f"SERAI_TESTING names {name!r}, which is no Testing", code="NO_TESTING")
    return found


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
        offer = offer_of(self.offers, self.versions[0])
        topologies = learned(offer, facts, told.topologies, told.max_instances).within(told.max_instances)
        larger = [(*topologies[0], Group((process,), 1)) for process in offer.processes]
        drafts = [Draft(each, facts=(facts,) * len(each)) for each in (*topologies, *larger)]
        return [draft.cluster(offer) for draft in drafts if is_sound(offer, draft)]

    @property
    def refused_hints(self) -> Iterator[tuple[Hint, Cluster, Sequence[ValidationError]]]:
        """Topologies that its Testing tells of which it accepts no cluster, with one, and what is wrong with that."""
        facts, most = self.offers.fleet.get_machine_facts(), self.testing.max_instances
        offer = offer_of(self.offers, self.versions[0])
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
