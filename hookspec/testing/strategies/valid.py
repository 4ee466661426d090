"""Clusters that a stack accepts: small ones that it is known to accept, changed as long as it does."""

from collections.abc import Callable
from typing import Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.facts import Facts
from serai.hookspec.testing.strategies.draft import Draft, Setting
from serai.hookspec.testing.strategies.judgement import is_sound
from serai.hookspec.testing.strategies.offer import Offer
from serai.hookspec.testing.strategies.topology import Group, Topology, instances, replaced
from serai.hookspec.testing.strategies.unchecked import Values, some_settings

_CHANGES: Final = 6
"""How often a topology is changed at most."""


@st.composite
def valid_drafts(
    draw: st.DrawFn,
    offer: Offer,
    known: tuple[Topology, ...],
    most: int,
    facts: SearchStrategy[Facts | None],
    values: Values,
) -> Draft:
    """Drafts of clusters that a stack accepts. What it does not accept is not taken, so that nothing is filtered out.

    Args:
        offer: the stack.
        known: topologies that it accepts, the smallest first.
        most: the largest number of instances.
        facts: what machines are like; unknown where the stack accepts the cluster on no such machines.
        values: for configs whose values are not to be just any.
    """
    topology = draw(st.sampled_from(known))
    draft = Draft(topology, facts=(draw(facts),) * len(topology))
    if not is_sound(offer, draft):
        draft = evolve(draft, facts=())
    for change in draw(st.lists(st.sampled_from(_WAYS), max_size=_CHANGES)):
        draft = _kept(offer, draft, _with_topology(draft, draw(change(draft.topology, offer.processes, most))), most)
    if draw(st.booleans()):
        draft = _kept(offer, draft, evolve(draft, use_autoconfig=False), most)
    if volumes := draw(st.integers(0, 2)):
        draft = _kept(offer, draft, evolve(draft, volumes=volumes), most)
    for setting in draw(some_settings(offer, draft.topology, values)):
        draft = _kept(offer, draft, _with_setting(draft, setting), most)
    return draft


def _kept(offer: Offer, draft: Draft, other: Draft, most: int) -> Draft:
    """Another draft where it is one that the stack accepts; else the one there is."""
    if other == draft or not 0 < instances(other.topology) <= most:
        return draft
    return other if is_sound(offer, other) else draft


def _with_topology(draft: Draft, topology: Topology) -> Draft:
    facts = draft.facts[:1] * len(topology)
    return evolve(draft, topology=topology, facts=facts)


def _with_setting(draft: Draft, setting: Setting) -> Draft:
    return evolve(draft, settings=(*draft.settings, setting))


Way = Callable[[Topology, tuple[str, ...], int], SearchStrategy[Topology]]
"""Changes a topology; also gets all processes there are, and the largest number of instances."""


@st.composite
def _recounted(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """A group has more instances, or fewer, or none."""
    index = draw(st.integers(0, len(topology) - 1))
    room = most - instances(topology) + topology[index].count
    return replaced(topology, index, evolve(topology[index], count=draw(st.integers(0, room))))


@st.composite
def _extended(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """A process runs on a group, too, or on one of its own."""
    process = draw(st.sampled_from(processes))
    index = draw(st.integers(0, len(topology)))
    if index < len(topology):
        group = topology[index]
        return topology if process in group.processes else replaced(topology, index, group.with_process(process))
    return (*topology, Group((process,), draw(st.integers(0, max(0, most - instances(topology))))))


@st.composite
def _joined(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """More instances come, which run one process."""
    room = most - instances(topology)
    if not room:
        return topology
    return (*topology, Group((draw(st.sampled_from(processes)),), draw(st.integers(1, room))))


@st.composite
def _split(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """Instances of a group become another one, of the same kind."""
    index = draw(st.integers(0, len(topology) - 1))
    group = topology[index]
    rest = draw(st.integers(0, group.count))
    return replaced(topology, index, evolve(group, count=group.count - rest), evolve(group, count=rest))


@st.composite
def _parted(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """A process of a group gets instances of its own."""
    index = draw(st.integers(0, len(topology) - 1))
    group = topology[index]
    if len(group.processes) < 2:
        return topology
    process = draw(st.sampled_from(group.processes))
    return replaced(topology, index, group.without(process), Group((process,), group.count))


@st.composite
def _merged(draw: st.DrawFn, topology: Topology, processes: tuple[str, ...], most: int) -> Topology:
    """Two groups become one, on which the processes of both run."""
    if len(topology) < 2:
        return topology
    index = draw(st.integers(1, len(topology) - 1))
    other = draw(st.integers(0, index - 1))
    together = {*topology[other].processes, *topology[index].processes}
    merged = Group(tuple(together), topology[other].count)
    return replaced(replaced(topology, index), other, merged)


_WAYS: Final[tuple[Way, ...]] = (*(_joined,) * 3, _recounted, _extended, _split, _parted, _merged)
"""The first one is tried most: the smallest clusters often run all on one instance, of which there can be no more."""
