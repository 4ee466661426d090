"""Clusters that the engine lets through to a plugin, whatever the plugin thinks of them."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.configs import Config, Scope
from serai.hookspec.facts import Facts
from serai.hookspec.testing.strategies.draft import Draft, Setting, needed
from serai.hookspec.testing.strategies.offer import Offer
from serai.hookspec.testing.strategies.topology import Group, Topology, instances, running
from serai.hookspec.testing.strategies.typed_values import values_for

Values = Mapping[tuple[str, str], SearchStrategy[Any]]
"""Strategies for the values of some configs, by target and name."""

_SETTINGS: Final = 4
"""How many values are given at most beside those that must be: of two thousand configs a few at a time."""

_GROUPS: Final = 4
_TOGETHER: Final = 3


@st.composite
def unchecked_drafts(
    draw: st.DrawFn, offer: Offer, most: int, facts: SearchStrategy[Facts | None], values: Values
) -> Draft:
    """Drafts of clusters of any shape, with values that their configs allow where they may be given.

    Args:
        offer: the stack.
        most: the largest number of instances.
        facts: what machines are like.
        values: for configs whose values are not to be just any.
    """
    topology = draw(_topologies(offer.processes, most))
    demanded = [Setting(each.config, draw(_values(each.config, values))) for each in needed(offer, topology)]
    return Draft(
        topology,
        (*demanded, *draw(some_settings(offer, topology, values))),
        tuple(draw(facts) for _ in topology),
        use_autoconfig=draw(st.sampled_from((True, False))),
        volumes=draw(st.integers(0, 2)),
    )


@st.composite
def _topologies(draw: st.DrawFn, processes: tuple[str, ...], most: int) -> Topology:
    some = st.lists(st.sampled_from(processes), unique=True, max_size=_TOGETHER) if processes else st.just([])
    topology: Topology = (Group(draw(some), draw(st.integers(1, most))),)
    for _ in range(draw(st.integers(0, _GROUPS - 1))):
        topology = (*topology, Group(draw(some), draw(st.integers(0, most - instances(topology)))))
    return topology


def some_settings(offer: Offer, topology: Topology, values: Values) -> SearchStrategy[list[Setting]]:
    """Values for a few of the configs that may be given in a topology, each where it may be given.

    Args:
        offer: the stack.
        topology: what runs.
        values: for configs whose values are not to be just any.
    """
    usable = offer.configs_for(running(topology))
    if not usable:
        return st.just([])
    one = st.sampled_from(usable).flatmap(lambda config: _settings(config, len(topology), values))
    return st.lists(one, max_size=_SETTINGS)


def _settings(config: Config, groups: int, values: Values) -> SearchStrategy[Setting]:
    places = st.sampled_from((None, *(range(groups) if config.scope is Scope.NODE else ())))
    return st.builds(Setting, st.just(config), _values(config, values), places)


def _values(config: Config, values: Values) -> SearchStrategy[Any]:
    return values.get(config.key, values_for(config))
