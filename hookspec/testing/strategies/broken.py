"""Clusters with one thing wrong, labelled with it."""

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from serai.hookspec.cluster import Cluster
from serai.hookspec.facts import Facts
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import is_sound
from serai.hookspec.testing.strategies.offer import KEPT, Offer, Same
from serai.hookspec.testing.strategies.rules import RULES, Rule
from serai.hookspec.testing.strategies.topology import Topology, instances, replaced


class RefusedBy(StrEnum):
    """Who must refuse a cluster."""

    SPI = "spi"
    """Whatever drives the plugin: it is against what the plugin declares, and the plugin need not look at it."""
    PLUGIN = "plugin"
    """The plugin's ``validate``."""


@frozen(eq=False)
class Broken:
    """A cluster with one thing wrong.

    Attributes:
        cluster: the cluster.
        rule: what was done to it.
        refused_by: who must refuse it.
        code: that of the error that the engine gives; None where it is the plugin's to say.
        path: where in the document the error is; ``""`` where it is the plugin's to say.
        sound: the cluster before that was done to it, which is accepted.
    """

    cluster: Cluster
    rule: str
    refused_by: RefusedBy
    code: str | None
    path: str
    sound: Cluster = field(repr=False)


@frozen
class Refusal:
    """A change of a topology after which a stack refuses it.

    Attributes:
        rule: what the change is.
        sound: the topology before.
        broken: the topology after.
    """

    rule: str
    sound: Topology
    broken: Topology


@st.composite
def against_declarations(draw: st.DrawFn, offer: Offer, draft: Draft, names: tuple[str, ...]) -> Broken:
    """Clusters that go against what a stack declares: any driver of it refuses them, whatever the plugins do.

    Args:
        offer: the stack.
        draft: of a cluster that is accepted.
        names: the cluster's, and its groups'; plain ones when there are none.
    """
    sound, cluster = (draft.cluster(offer, names) for _ in range(2))
    rule: Rule[Any] = draw(st.sampled_from([rule for rule in RULES if rule.can_be_broken(sound, offer)]))
    place = draw(st.sampled_from(list(rule.places(cluster, offer))))
    path = rule.apply(draw, cluster, place)
    return Broken(cluster, rule.name, RefusedBy.SPI, rule.code, path, sound)


def against_rules(refusal: Refusal, facts: Facts | None, offer: Offer) -> Broken:
    """A cluster that a stack was seen to refuse, a small change away from one that it accepts.

    Args:
        refusal: the change.
        facts: what all machines are like.
        offer: the stack.
    """
    sound, broken = (_draft(topology, facts).cluster(offer) for topology in (refusal.sound, refusal.broken))
    return Broken(broken, refusal.rule, RefusedBy.PLUGIN, None, "", sound)


def _draft(topology: Topology, facts: Facts | None) -> Draft:
    return Draft(topology, facts=(facts,) * len(topology))


def refusals_of(offer: Offer, topologies: tuple[Topology, ...], facts: Facts | None) -> tuple[Refusal, ...]:
    """The small changes of topologies after which a stack refuses them; found out once.

    Args:
        offer: the stack.
        topologies: some that it accepts.
        facts: what all machines are like.
    """
    return _refusals(Same(offer), topologies, facts)


@lru_cache(maxsize=KEPT)
def _refusals(same: Same, topologies: tuple[Topology, ...], facts: Facts | None) -> tuple[Refusal, ...]:
    offer: Offer = same.it
    changed = (
        Refusal(rule, topology, broken)
        for topology in topologies
        for index in range(len(topology))
        for rule, change in _CHANGES.items()
        for broken in change(topology, index)
        if instances(broken)
    )
    return tuple(each for each in changed if not is_sound(offer, _draft(each.broken, facts)))


def _dropped(topology: Topology, index: int) -> list[Topology]:
    group = topology[index]
    return [replaced(topology, index, group.without(process)) for process in group.processes]


def _recounted(by: Callable[[int], int]) -> Callable[[Topology, int], list[Topology]]:
    def change(topology: Topology, index: int) -> list[Topology]:
        group = topology[index]
        count = by(group.count)
        return [replaced(topology, index, evolve(group, count=count))] if count != group.count else []

    return change


_CHANGES: Final[dict[str, Callable[[Topology, int], list[Topology]]]] = {
    "PROCESS_DROPPED": _dropped,
    "NO_INSTANCE": _recounted(lambda count: 0),
    "TOO_FEW": _recounted(lambda count: max(count - 1, 1)),
    "TOO_MANY": _recounted(lambda count: count + 1),
    "DOUBLED": _recounted(lambda count: 2 * count if count > 1 else 1),
}
"""What is done to a group of a topology, by what it is called."""
