"""Hooks of plugins on a stage: called and merged as declared."""

import inspect

import pytest
from smallest_plugin import Smallest

from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config
from serai.hookspec.errors import InvalidCluster, InvalidResult, PluginConflict, ValidationFailed
from serai.hookspec.testing.fleet import Crash
from serai.hookspec.testing.stage import HookCalled, Hooks

CLUSTER = Cluster("demo", "main", "1")


class Main(Smallest):
    @hookimpl
    def validate(self, cluster):
        raise InvalidCluster("main says no")

    @hookimpl
    def decommission_nodes(self): ...


class Extra:
    @hookimpl
    def get_configs(self):
        return [Config("Extra")]

    @hookimpl
    def validate(self, cluster):
        raise InvalidCluster("extra says no")

    @hookimpl
    def decommission_nodes(self): ...

    @hookimpl
    def start_cluster(self): ...


@pytest.fixture
def hooks():
    return Hooks({"main": Main(), "extra": Extra()})


def test_answers_of_all_plugins_are_merged(hooks):
    """As the declaration of the hook says."""
    assert hooks.get_versions() == ["1"]
    assert [config.name for config in hooks.get_configs("1")] == ["Extra"]


def test_plugins_are_called_in_the_declared_order(hooks):
    """Auxiliaries leave first, and come last."""
    hooks.start_cluster(CLUSTER, None)
    hooks.decommission_nodes(cluster=CLUSTER, instances=[], run=None)
    assert hooks.called == [
        HookCalled("start_cluster", "main"),
        HookCalled("start_cluster", "extra"),
        HookCalled("decommission_nodes", "extra"),
        HookCalled("decommission_nodes", "main"),
    ]


def test_all_errors_about_a_cluster_are_raised_together(hooks):
    """No plugin hides what another one found."""
    with pytest.raises(ValidationFailed, match=r"(?s)main says no.*extra says no"):
        hooks.validate(CLUSTER)


def test_what_two_plugins_declare_is_a_conflict():
    """It names both."""
    with pytest.raises(PluginConflict, match=r"'a'.*'b'"):
        Hooks({"main": Smallest(), "a": Extra(), "b": Extra()}).get_configs("1")


def test_an_answer_of_another_shape_names_the_plugin():
    """And says what was expected."""

    class Wrong(Smallest):
        @hookimpl
        def get_configs(self):
            return ["no config"]

    with pytest.raises(InvalidResult, match="plugin 'wrong'"):
        Hooks({"wrong": Wrong()}).get_configs("1")


def test_every_argument_must_be_given(hooks):
    """An engine passes every one."""
    with pytest.raises(TypeError, match="run"):
        hooks.start_cluster(CLUSTER)


def test_a_hook_shows_its_arguments(hooks):
    """Whoever asks for a hook by inspection finds them."""
    assert list(inspect.signature(hooks.validate_scaling).parameters) == ["cluster", "existing", "additional"]


def test_there_are_no_other_hooks_than_those_declared(hooks):
    """A hook that is spelt otherwise is none."""
    assert not hasattr(hooks, "vallidate")
    assert hooks.implements("validate")
    assert not hooks.implements("scale_cluster")


def test_a_crash_ends_even_hooks_whose_errors_are_collected():
    """Whoever is dead collects nothing."""

    class Dead(Smallest):
        @hookimpl
        def on_terminate_cluster(self):
            raise Crash

    with pytest.raises(Crash):
        Hooks({"dead": Dead(), "extra": Extra()}).on_terminate_cluster(CLUSTER, None)
