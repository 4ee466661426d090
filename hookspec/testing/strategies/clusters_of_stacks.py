"""Strategies for clusters that could be asked of a stack: those it accepts, those that are refused, and any."""

from collections.abc import Sequence
from typing import Any, Final, Literal, overload

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.testing.strategies.broken import Broken, RefusedBy, against_declarations, against_rules, refusals_of
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import is_sound
from serai.hookspec.testing.strategies.knowledge import learned
from serai.hookspec.testing.strategies.offer import Offer, given_plainly, offer_of, versions_of
from serai.hookspec.testing.strategies.topology import Hint, Topology
from serai.hookspec.testing.strategies.unchecked import Values, unchecked_drafts
from serai.hookspec.testing.strategies.valid import valid_drafts

MAX_INSTANCES: Final = 12
"""How many instances a cluster has at most, unless something else is said."""

_NAMES: Final = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
"""Plainer ones than there may be: they are drawn so often."""

SomeFacts = Facts | SearchStrategy[Facts] | SearchStrategy[Facts | None] | None


@frozen(eq=False)
class Scene:
    """One version of a stack, and what is wanted of its clusters.

    Attributes:
        offer: the stack.
        most: the largest number of instances.
        facts: what machines are like.
        topologies: what its author says it accepts.
        values: for configs whose values are not to be just any.
    """

    offer: Offer
    most: int
    facts: SomeFacts
    topologies: Sequence[Hint]
    values: Values

    @property
    def fixed_facts(self) -> Facts | None:
        """What all machines are like, where that is given."""
        return self.facts if isinstance(self.facts, Facts) else None

    @property
    def drawn_facts(self) -> SearchStrategy[Facts | None]:
        """What machines are like."""
        return self.facts if isinstance(self.facts, SearchStrategy) else st.just(self.facts)

    def known(self) -> tuple[Topology, ...]:
        """Topologies that the stack accepts; raises NoValidTopology."""
        return learned(self.offer, self.fixed_facts, self.topologies, self.most).within(self.most)


@overload
def clusters(
    stack: Any,
    *,
    valid: Literal[True, None] = True,
    version: str | None = None,
    max_instances: int = MAX_INSTANCES,
    facts: SomeFacts = None,
    topologies: Sequence[Hint] = (),
    values: Values | None = None,
) -> SearchStrategy[Cluster]: ...


@overload
def clusters(
    stack: Any,
    *,
    valid: Literal[False],
    version: str | None = None,
    max_instances: int = MAX_INSTANCES,
    facts: SomeFacts = None,
    topologies: Sequence[Hint] = (),
    values: Values | None = None,
    refused_by: RefusedBy | None = None,
) -> SearchStrategy[Broken]: ...


def clusters(
    stack: Any,
    *,
    valid: bool | None = True,
    version: str | None = None,
    max_instances: int = MAX_INSTANCES,
    facts: SomeFacts = None,
    topologies: Sequence[Hint] = (),
    values: Values | None = None,
    refused_by: RefusedBy | None = None,
) -> SearchStrategy[Any]:
    """Clusters that could be asked of a stack, as its ``validate`` gets to see them.

    Which clusters a stack accepts is found out by asking it, once; no rule of it need be known. The smallest that was
    found is what examples shrink to. Every process for which it can be found is in some of the clusters. A few configs
    have values, however many there are.

    Args:
        stack: a plugin, or several as one: anything with ``get_versions``, ``get_configs``, ``get_node_processes`` and,
            where they have rules, ``validate`` and ``recommend_configs`` as methods.
        valid: True for clusters that the stack accepts; None for any that whatever drives the stack lets through to it;
            False for :class:`Broken` ones: accepted but for one thing, labelled with it.
        version: the framework's; any when left out.
        max_instances: the largest number of instances.
        facts: what machines are like: the same for all, a strategy, or None for not known. A strategy's are left out
            where the stack does not accept the cluster on such machines.
        topologies: some that the stack accepts, where none is found or others are wanted: the count, or those that are
            allowed, by process, or by processes that run together.
        values: strategies for values of configs, by target and name, where just any that the type allows is not enough;
            where users must give a value, the simplest is what clusters are looked for with.
        refused_by: for broken ones: who must refuse them; either when left out.

    Raises:
        NoValidTopology: from the test: none was found; with the stack's complaints about the nearest one.
    """

    def made() -> SearchStrategy[Any]:
        versions = versions_of(stack, version)
        given = values or {}
        offers = [given_plainly(offer_of(stack, each), given) for each in versions]
        scenes = [Scene(offer, max_instances, facts, topologies, given) for offer in offers]
        for scene in scenes if valid is not None else ():
            scene.known()  # not while an example is drawn: that would count as slow
        if valid is False:
            return st.sampled_from(scenes).flatmap(lambda scene: _refused(scene, refused_by))
        return st.sampled_from(scenes).flatmap(_any if valid is None else _accepted)

    return st.deferred(made)


@st.composite
def _accepted(draw: st.DrawFn, scene: Scene) -> Cluster:
    draft = draw(valid_drafts(scene.offer, scene.known(), scene.most, scene.drawn_facts, scene.values))
    return draft.cluster(scene.offer, draw(_accepted_names(scene, draft)))


@st.composite
def _accepted_names(draw: st.DrawFn, scene: Scene, draft: Draft) -> tuple[str, ...]:
    """Names of a cluster and its groups; plain ones where the stack has something against others."""
    chosen = draw(_names(len(draft.topology)))
    return chosen if is_sound(scene.offer, draft, chosen) else ()


@st.composite
def _any(draw: st.DrawFn, scene: Scene) -> Cluster:
    draft = draw(unchecked_drafts(scene.offer, scene.most, scene.drawn_facts, scene.values))
    return draft.cluster(scene.offer, draw(_names(len(draft.topology))))


def _names(groups: int) -> SearchStrategy[tuple[str, ...]]:
    """The name of a cluster, and different ones of so many groups."""
    return st.lists(_NAMES, min_size=groups, max_size=groups, unique=True).flatmap(_with_a_clusters_name)


def _with_a_clusters_name(others: list[str]) -> SearchStrategy[tuple[str, ...]]:
    return st.tuples(_NAMES, *map(st.just, others))


@st.composite
def _refused(draw: st.DrawFn, scene: Scene, refused_by: RefusedBy | None) -> Broken:
    asked = refused_by is not RefusedBy.SPI
    refusals = refusals_of(scene.offer, scene.known(), scene.fixed_facts) if asked else ()
    if refused_by is RefusedBy.PLUGIN and not refusals:
        raise SeraiError(
            f"{scene.offer.plugin_name} {scene.offer.version} refuses no small change of a cluster that it accepts",
            code="NO_REFUSED_TOPOLOGY",
            hint="where validate has no rules ask for refused_by=RefusedBy.SPI",
        )
    if refusals and (refused_by is RefusedBy.PLUGIN or draw(st.booleans())):
        return against_rules(draw(st.sampled_from(refusals)), scene.fixed_facts, scene.offer)
    draft = draw(valid_drafts(scene.offer, scene.known(), scene.most, scene.drawn_facts, scene.values))
    return draw(against_declarations(scene.offer, draft, draw(_accepted_names(scene, draft))))
