"""For any plugin: what it declares is let through, and what it does not is told, each mistake once."""

from typing import Any

from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.spec import ClusterSpec
from serai.engine.validation import validate_spec
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config
from serai.hookspec.semantics import Role
from serai.hookspec.testing import strategies as model

SOME = at_most(30)
PROCESSES = {"Store": ["keeper", "disk"], "Compute": ["driver", "worker"], "Client": []}
TARGETS = ("general", "service:Store", "service:Compute", "service:Client")


class Declared:
    """A plugin that declares what it is given, and demands nothing."""

    def __init__(self, configs: list[Config]) -> None:
        self.configs = configs

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["1"]

    @hookimpl
    def get_configs(self) -> list[Config]:
        return self.configs

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return PROCESSES

    @hookimpl
    def configure_cluster(self) -> None: ...

    @hookimpl
    def start_cluster(self) -> None: ...


class Nowhere:
    """A provider without machines."""

    @hookimpl
    def create_machines(self) -> list[Any]:
        return []

    @hookimpl
    def list_machines(self) -> list[Any]:
        return []

    @hookimpl
    def delete_machines(self) -> None: ...

    @hookimpl
    def get_endpoint(self) -> None: ...


@st.composite
def cases(draw: st.DrawFn) -> tuple[Catalog, list[Config], Cluster]:
    """A plugin's configs, the catalog that has it, and a cluster that can be asked of it."""
    configs = draw(st.lists(model.configs(TARGETS), max_size=4, unique_by=lambda config: config.key))
    cluster = draw(model.clusters(model.Offer("declared", "1", configs, PROCESSES), valid=None))
    cluster.infrastructure = {"provider": "nowhere"}
    plugins = [
        admitted("declared", Role.PROVISIONING, Declared(configs)),
        admitted("nowhere", Role.INFRASTRUCTURE, Nowhere()),
    ]
    return Catalog(plugins=plugins, discover=False), configs, cluster


@given(cases())
@SOME
def test_what_a_plugin_declares_is_let_through(case):
    """Any of its processes, any value its configs allow."""
    catalog, _, cluster = case
    assert validate_spec(ClusterSpec.from_cluster(cluster), catalog) == []


@given(cases(), st.data())
@SOME
def test_a_value_that_a_config_does_not_allow_is_one_error(case, data):
    """At the place of the value."""
    catalog, configs, cluster = case
    known = {config.key: config for config in configs}
    given_values = [(target, name) for target, named in cluster.cluster_configs.items() for name in named]
    if given_values:
        target, name = data.draw(st.sampled_from(given_values))
        cluster.cluster_configs[target][name] = data.draw(model.wrong_values_for(known[target, name]))
        errors = validate_spec(ClusterSpec.from_cluster(cluster), catalog)
        assert [(error.code, error.config) for error in errors] == [("INVALID_CONFIG_VALUE", known[target, name])]


@given(cases(), st.integers(1, 5), st.data())
@SOME
def test_each_unknown_process_is_one_error(case, count, data):
    """As many errors as there are names that nothing has."""
    catalog, _, cluster = case
    group = data.draw(st.sampled_from(cluster.node_groups))
    unknown = [f"{'0123456789'[index] * 9}" for index in range(count)]
    group.node_processes = [*group.node_processes, *unknown]
    errors = validate_spec(ClusterSpec.from_cluster(cluster), catalog)
    assert [error.code for error in errors] == ["UNKNOWN_PROCESS"] * count
