"""Clusters of a stack: accepted ones are, broken ones are refused, by whom they say, for the reason they say."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from example_counts import at_most
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty
from odd_plugins import Anything, Council, Crowd, Demanding, Needle, Never, Odd, Picky, Touchy

from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.spark.plugin import SPARK
from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.spec import ClusterSpec
from serai.engine.validation import validate_spec
from serai.hookspec.errors import InvalidCluster, SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Fleet
from serai.hookspec.testing.strategies import (
    RULES,
    Broken,
    NoValidTopology,
    Offer,
    RefusedBy,
    clusters,
    facts,
    scalings,
)

pytestmark = pytest.mark.slow  # stacks are asked thousands of times which clusters they accept

ROOMY = Facts(cpus=64, memory_mb=1 << 20)
CATALOG = Catalog(
    plugins=[
        admitted("dask", Role.PROVISIONING, DASK),
        admitted("hadoop", Role.PROVISIONING, HADOOP),
        admitted("spark", Role.PROVISIONING, SPARK),
        admitted("fleet", Role.INFRASTRUCTURE, Fleet(facts=ROOMY)),
    ],
    discover=False,
)
STACKS = {name: CATALOG.stack(name, CATALOG.versions(name)[0]) for name in ("dask", "hadoop", "spark")}
ODD: dict[str, Odd] = {"council": Council(), "crowd": Crowd(), "touchy": Touchy(), "demanding": Demanding()}
EVERY: dict[str, Any] = {**STACKS, **ODD, "anything": Anything()}
SOME = at_most(25)

every_stack = pytest.mark.parametrize("stack", EVERY.values(), ids=EVERY.keys())
builtin_stacks = pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS.keys())


def smallest(strategy: st.SearchStrategy[Any], condition: Any = lambda example: True) -> Any:
    """What examples shrink to."""
    return find(strategy, condition, settings=settings(max_examples=40, database=None, deadline=None))


def some(strategy: st.SearchStrategy[Any], condition: Any, *, within: int = 500) -> Any:
    """An example with something; the first that comes along."""
    quickly = settings(max_examples=within, database=None, deadline=None, phases=[Phase.generate])
    return find(strategy, condition, settings=quickly)


def shape(cluster: Cluster) -> list[tuple[int, list[str]]]:
    """Counts and processes of the groups."""
    return sorted((group.count, sorted(group.node_processes)) for group in cluster.node_groups)


def total(cluster: Cluster) -> int:
    """How many instances."""
    return sum(group.count for group in cluster.node_groups)


def errors_of(cluster: Cluster) -> list[Any]:
    """What the engine, its plugins among it, has against a cluster on the machines of the fleet."""
    return validate_spec(evolve(ClusterSpec.from_cluster(cluster), infrastructure={"provider": "fleet"}), CATALOG)


@every_stack
@given(st.data())
@SOME
def test_valid_ones_are_accepted(stack: Any, data: st.DataObject) -> None:
    """By the stack itself, as often as it is asked; and they are no larger than wanted."""
    cluster = data.draw(clusters(stack, max_instances=14))
    if not isinstance(stack, Anything):
        stack.validate(cluster)
    assert 0 < total(cluster) <= 14


@builtin_stacks
@given(st.data())
@SOME
def test_valid_ones_are_let_through_by_the_engine(stack: Any, data: st.DataObject) -> None:
    """With its own rules, the provider's and the plugin's recommendations."""
    assert errors_of(data.draw(clusters(stack, facts=ROOMY))) == []


@builtin_stacks
@given(st.data())
@SOME
def test_what_goes_against_declarations_is_refused_by_the_engine(stack: Any, data: st.DataObject) -> None:
    """With the code and at the place that were told, while the cluster without the fault is let through."""
    broken: Broken = data.draw(clusters(stack, valid=False, refused_by=RefusedBy.SPI, facts=ROOMY))
    assert (broken.code, broken.path) in [(error.code, error.path) for error in errors_of(broken.cluster)]
    assert errors_of(broken.sound) == []


@pytest.mark.parametrize("stack", [*STACKS.values(), Council(), Crowd(), Touchy()])
@given(st.data())
@SOME
def test_what_the_plugin_is_to_refuse_it_refuses(stack: Any, data: st.DataObject) -> None:
    """And it accepts the cluster without the fault."""
    broken: Broken = data.draw(clusters(stack, valid=False, refused_by=RefusedBy.PLUGIN, max_instances=14))
    stack.validate(broken.sound)
    with pytest.raises((SeraiError, KeyError, ValueError)):
        stack.validate(broken.cluster)


@pytest.mark.parametrize("stack", [Anything(), Demanding()])
def test_a_plugin_without_rules_of_shape_refuses_none(stack: Any) -> None:
    """Which is told, where such are asked for."""
    with pytest.raises(SeraiError, match="refuses no small change"):
        smallest(clusters(stack, valid=False, refused_by=RefusedBy.PLUGIN))
    assert smallest(clusters(stack, valid=False)).refused_by is RefusedBy.SPI


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_broken(rule: Any) -> None:
    """Where there is something to break."""
    other = evolve(Demanding.configs[1], name="of the other", applicable_target="service:Other")
    two = Offer("two", "1", (*Demanding.configs, other), {"Odd": ["server"], "Other": ["other"]})
    broken = some(clusters(two, valid=False), lambda broken: broken.rule == rule.name)
    assert broken.code == rule.code
    assert broken.refused_by is RefusedBy.SPI


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (STACKS["spark"], [(1, ["master", "worker"])]),
        (STACKS["dask"], [(1, ["scheduler", "worker"])]),
        (STACKS["hadoop"], [(1, ["datanode", "namenode"])]),
        (Touchy(), [(1, ["leader"])]),
        (Anything(), [(1, ["thing"])]),
    ],
    ids=["spark", "dask", "hadoop", "touchy", "anything"],
)
def test_they_shrink_to_the_smallest(stack: Any, expected: Any) -> None:
    """Fewest instances, fewest groups, nothing that need not run; no values, the shortest names."""
    cluster = smallest(clusters(stack))
    assert shape(cluster) == expected
    assert cluster.cluster_configs == {}
    assert [group.node_configs for group in cluster.node_groups] == [{}]
    assert (cluster.name, cluster.node_groups[0].name) == ("a", "a")


def test_odd_rules_shrink_too() -> None:
    """Three voters and one ruler, on as few instances as they can be put."""
    cluster = smallest(clusters(Council()))
    assert total(cluster) == 4
    assert cluster.count_of("voter") == 3
    assert total(smallest(clusters(Crowd()))) == 11


def test_what_is_looked_for_is_found_small() -> None:
    """A condition leaves what it needs."""
    cluster = smallest(clusters(STACKS["spark"]), lambda each: each.count_of("worker") >= 3)
    assert total(cluster) == 3
    assert cluster.cluster_configs == {}


@pytest.mark.parametrize("process", [name for names in HADOOP.get_node_processes().values() for name in names])
def test_every_process_of_hadoop_is_in_some(process: str) -> None:
    """Those of high availability, too: two NameNodes, a zkfc beside each, three JournalNodes, three ZooKeepers."""
    cluster = some(clusters(STACKS["hadoop"]), lambda each: each.count_of(process) > 0)
    STACKS["hadoop"].validate(cluster)


@pytest.mark.parametrize(
    "condition",
    [
        lambda each: len(each.node_groups) >= 3,
        lambda each: any(group.count == 0 for group in each.node_groups),
        lambda each: not each.use_autoconfig,
        lambda each: each.node_groups[0].volumes_per_node == 2,
        lambda each: len(each.cluster_configs.get("service:Spark", {})) >= 2,
        lambda each: any(group.node_configs for group in each.node_groups),
    ],
    ids=["groups", "an empty group", "no recommendations", "volumes", "values", "values of a group"],
)
def test_they_differ_in_much(condition: Any) -> None:
    """In shape and values."""
    STACKS["spark"].validate(some(clusters(STACKS["spark"]), condition))


def test_rulers_exclude_each_other() -> None:
    """Both are found, each without the other."""
    for ruler, other in (("queen", "king"), ("king", "queen")):
        cluster = smallest(clusters(Council()), lambda each, ruler=ruler: each.count_of(ruler) > 0)
        assert (cluster.count_of(ruler), cluster.count_of(other)) == (1, 0)


def test_a_stack_that_accepts_nothing_is_told() -> None:
    """With its own words."""
    with pytest.raises(NoValidTopology, match="such clusters are not to be") as caught:
        smallest(clusters(Never()))
    assert "topologies=" in caught.value.hint
    assert caught.value.details["complaints"][0]["code"] == "NEVER"


def test_what_no_search_finds_can_be_told() -> None:
    """And what is told is where examples start from."""
    with pytest.raises(NoValidTopology):
        smallest(clusters(Needle(), max_instances=60))
    hint = {"hay": range(16, 19), "straw": (29, 30)}
    cluster = smallest(clusters(Needle(), max_instances=60, topologies=[hint]))
    assert shape(cluster) == [(17, ["hay"]), (30, ["straw"])]


def test_processes_can_be_told_to_run_together() -> None:
    """With a tuple for a key."""
    cluster = smallest(clusters(STACKS["spark"], topologies=[{("master", "worker"): 1, "worker": 2}]))
    assert shape(cluster) == [(1, ["master", "worker"]), (2, ["worker"])]


def test_what_is_told_wrongly_is_told() -> None:
    """With what the stack says of it."""
    with pytest.raises(NoValidTopology, match="should contain only 1 master"):
        smallest(clusters(STACKS["spark"], topologies=[{"master": 2, "worker": 1}]))


def test_too_few_instances_are_told() -> None:
    """With how many it takes."""
    with pytest.raises(NoValidTopology, match="three voters"):
        smallest(clusters(Council(), max_instances=2))


@given(clusters(Demanding(), facts=facts()))
@SOME
def test_facts_are_those_the_stack_accepts(cluster: Cluster) -> None:
    """Others are left out."""
    assert all(group.facts is None or group.facts.memory_mb >= 1024 for group in cluster.node_groups)


def test_facts_are_given_where_they_are_accepted() -> None:
    """Of a strategy as well as the same for all."""
    assert some(clusters(Demanding(), facts=facts()), lambda each: each.node_groups[0].facts is not None)
    assert smallest(clusters(Demanding(), facts=ROOMY)).node_groups[0].facts == ROOMY


@given(clusters(Demanding(), values={("general", "licence"): st.sampled_from(("abc", "xyz"))}))
@SOME
def test_values_can_be_told(cluster: Cluster) -> None:
    """No other is given where one is needed."""
    assert cluster.cluster_configs["general"]["licence"] in ("abc", "xyz")


@pytest.mark.parametrize("valid", [True, False])
def test_a_value_that_is_needed_may_have_a_form(valid: bool) -> None:
    """Clusters are looked for with the simplest of those that are told."""
    form = st.from_regex(r"[A-Z]{4}-[0-9]{2}", fullmatch=True)
    found: Any = smallest(clusters(Picky(), valid=valid, values={("general", "licence"): form}))
    assert (found if valid else found.sound).cluster_configs["general"]["licence"] == "AAAA-00"


@builtin_stacks
@given(st.data())
@SOME
def test_scalings_are_of_the_cluster_and_accepted(stack: Any, data: st.DataObject) -> None:
    """Each node group is resized or new, not both."""
    cluster = data.draw(clusters(stack))
    existing, additional = data.draw(scalings(cluster, stack, valid=True))
    assert not existing.keys() & additional.keys()
    assert existing.keys() | additional.keys() <= {group.name for group in cluster.node_groups}
    assert stack.validate_scaling(cluster, existing, additional) == []


def test_workers_are_scaled() -> None:
    """An accepted scaling is not just none at all."""
    stack = STACKS["spark"]
    pairs = clusters(stack).flatmap(lambda each: st.tuples(st.just(each), scalings(each, stack, valid=True)))
    cluster, (existing, _) = smallest(pairs, lambda pair: bool(pair[1][0]))
    assert [cluster.node_group(name).node_processes for name in existing] == [["worker"]]


def test_a_plugin_is_asked_a_few_times() -> None:
    """Once for what it offers, some hundred times to learn, a few times for an example."""
    asked: Counter[str] = Counter()

    class Counted(Council):
        def get_configs(self, hadoop_version: str) -> Any:
            asked["get_configs"] += 1
            return super().get_configs(hadoop_version)

        def validate(self, cluster: Cluster) -> None:
            asked["validate"] += 1
            super().validate(cluster)

    strategy, seen = clusters(Counted()), []

    @settings(max_examples=20, database=None)
    @given(strategy)
    def draw_some(cluster: Cluster) -> None:
        seen.append(asked["validate"])

    draw_some()
    assert asked["get_configs"] == 1
    assert seen[0] < 600
    assert max(later - earlier for earlier, later in pairwise(seen)) < 20


def test_reports_show_what_matters() -> None:
    """Two thousand defaults and a dozen empty fields of each node group do not."""
    shown = pretty(smallest(clusters(STACKS["hadoop"])))
    assert "count=1" in shown
    assert len(shown) < 2000


def test_any_version_is_drawn() -> None:
    """Unless one is wanted."""
    oldest = SPARK.get_versions()[-1]
    assert some(clusters(SPARK), lambda each: each.hadoop_version == oldest)
    assert smallest(clusters(SPARK, version=oldest)).hadoop_version == oldest


@pytest.mark.parametrize("is_accepted", [True, False])
def test_what_is_not_checked_may_be_anything(is_accepted: bool) -> None:
    """Clusters that a stack refuses, and some that it accepts: of one as strict as this, one in several hundred."""

    def accepts(cluster: Cluster) -> bool:
        try:
            Council().validate(cluster)
        except InvalidCluster:
            return False
        return True

    assert some(clusters(Council(), valid=None), lambda each: accepts(each) == is_accepted, within=10_000)


def test_clusters_of_several_workers_are_no_rarity() -> None:
    """Though the smallest cluster has all on one instance, and of that there can be no more."""
    seen: list[Cluster] = []

    @given(clusters(STACKS["spark"]))
    @settings(max_examples=100, database=None, deadline=None, phases=[Phase.generate], derandomize=True)
    def look(cluster: Cluster) -> None:
        seen.append(cluster)

    look()
    assert sum(cluster.count_of("worker") > 1 for cluster in seen) >= len(seen) / 5
