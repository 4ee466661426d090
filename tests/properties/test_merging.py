"""How results of collect hooks merge."""

import itertools
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smallest_plugin import Smallest

from serai.engine.plugins.catalog import Catalog, admitted
from serai.hookspec import hookimpl, merging
from serai.hookspec.configs import Config
from serai.hookspec.errors import InvalidResult, PluginConflict
from serai.hookspec.semantics import Role

names = st.text("abc", min_size=1, max_size=2)
ports = st.lists(st.integers(1, 65535), max_size=6)


@given(st.lists(ports, max_size=5))
def test_ports_are_an_ordered_union(lists):
    """Each once, at the place where it first came."""
    merged = merging.ports((f"p{n}", values) for n, values in enumerate(lists))
    assert merged == list(dict.fromkeys(itertools.chain(*lists)))


@given(st.lists(st.lists(names, max_size=4), max_size=4))
def test_configs_are_all_there_or_a_conflict_names_every_clash(lists):
    """Nothing is lost in silence: concatenated when unique, refused otherwise."""
    contributions = [(f"p{n}", [Config(name) for name in values]) for n, values in enumerate(lists)]
    flat = [name for values in lists for name in values]
    if len(set(flat)) == len(flat):
        assert [config.name for config in merging.configs(contributions)] == flat
    else:
        with pytest.raises(PluginConflict) as caught:
            merging.configs(contributions)
        assert len(caught.value.details["clashes"]) == len(flat) - len(set(flat))


@given(st.lists(st.dictionaries(names, st.lists(names, max_size=3, unique=True), max_size=3), max_size=4))
def test_a_process_belongs_to_one_service_of_one_plugin(mappings):
    """United when every process is declared once; refused, naming both, otherwise."""
    flat = [process for mapping in mappings for processes in mapping.values() for process in processes]
    contributions = [(f"p{n}", mapping) for n, mapping in enumerate(mappings)]
    if len(set(flat)) == len(flat):
        merged = merging.node_processes(contributions)
        assert sorted(itertools.chain(*merged.values())) == sorted(flat)
        assert set(merged) == {service for mapping in mappings for service in mapping}
    else:
        with pytest.raises(PluginConflict, match=r"p\d.*p\d"):
            merging.node_processes(contributions)


garbage = st.one_of(
    st.none(), st.integers(), st.text(), st.dictionaries(names, st.integers()), st.lists(st.none(), min_size=1)
)


@given(garbage, st.sampled_from([merging.configs, merging.ports, merging.tags, merging.health_checks]))
def test_garbage_is_refused_by_the_name_of_its_plugin(value, merge):
    """No shape but the declared one goes through."""
    if value == []:
        assert merge([("culprit", value)]) == []
    else:
        with pytest.raises(InvalidResult, match="culprit"):
            merge([("culprit", value)])


class Extra:
    """An auxiliary with one port and one process."""

    def __init__(self, number: int) -> None:
        self.number = number

    @hookimpl
    def extends(self):
        return True

    @hookimpl
    def get_node_processes(self):
        return {f"S{self.number}": [f"process{self.number}"]}

    @hookimpl
    def get_open_ports(self):
        return [9000 + self.number]


class Plain(Smallest):
    """The smallest provisioning plugin."""

    services: ClassVar = {"Plain": ["plain"]}


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_results_follow_the_users_order_and_not_the_order_of_installation(installed, wanted):
    """Whatever the order in which plugins are known, the user's order of auxiliaries decides."""
    plugins = [admitted(f"extra{n}", Role.AUXILIARY, Extra(n)) for n in installed]
    catalog = Catalog(plugins=[*plugins, admitted("plain", Role.PROVISIONING, Plain())], discover=False)
    stack = catalog.stack("plain", "1", [f"extra{n}" for n in wanted])
    assert stack.get_open_ports(None) == [9000 + n for n in wanted]
    assert list(stack.get_node_processes()) == ["Plain", *(f"S{n}" for n in wanted)]
