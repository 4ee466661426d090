"""The gate: every fault of a plugin, at once and the same on every pluggy."""

import attrs
import pytest

from serai.engine.plugins.catalog import admitted
from serai.hookspec import hookimpl
from serai.hookspec.errors import PluginRejected
from serai.hookspec.gate import faults
from serai.hookspec.semantics import Role


class Sound:
    """An auxiliary without fault."""

    @hookimpl
    def extends(self, plugin_name):
        return True


def faults_of(**members):
    """The faults of a sound auxiliary with further members."""
    return faults(type("Plugin", (Sound,), members)(), Role.AUXILIARY)


def test_a_sound_plugin_has_no_faults():
    """Nothing is wrong with what is right."""
    assert faults(Sound(), Role.AUXILIARY) == []


def test_a_class_is_refused():
    """pluggy would take it, and call its functions without self."""
    assert faults(Sound, Role.AUXILIARY) == ["Sound is a class; the entry point must name an instance, Sound()"]


def test_an_unknown_hook_is_refused_with_the_nearest():
    """A misspelt hook would never be called."""

    def get_open_port(self): ...

    assert faults_of(get_open_port=hookimpl(get_open_port)) == [
        "get_open_port: there is no such hook; did you mean get_open_ports?"
    ]


def test_a_hook_of_another_role_is_refused():
    """get_versions belongs to provisioning plugins."""

    def get_versions(self): ...

    assert faults_of(get_versions=hookimpl(get_versions)) == ["get_versions: is for provisioning plugins only"]


def test_an_unknown_argument_is_refused_with_the_nearest():
    """A misspelt argument would never be filled."""

    def validate(self, clustr): ...

    assert faults_of(validate=hookimpl(validate)) == ["validate: there is no argument clustr; did you mean cluster?"]


def test_a_default_is_refused():
    """pluggy 1.6 would never pass the value, 1.7 would."""

    def validate(self, cluster=None): ...

    assert faults_of(validate=hookimpl(validate)) == [
        "validate: argument cluster has a default; the engine always passes it"
    ]


def test_star_arguments_are_refused():
    """They would stay empty."""

    def validate(self, *args, **rest): ...

    assert len(faults_of(validate=hookimpl(validate))) == 2


def test_async_hooks_are_refused():
    """Nobody would await them."""

    async def validate(self, cluster): ...

    assert faults_of(validate=hookimpl(validate)) == [
        "validate: is async; hooks are called synchronously, in a thread of the operation"
    ]


def test_generators_are_refused():
    """Their errors would surface elsewhere."""

    def get_configs(self):
        yield 1

    assert faults_of(get_configs=hookimpl(get_configs)) == ["get_configs: is a generator; return a list instead"]


@pytest.mark.parametrize("option", ["tryfirst", "trylast", "hookwrapper"])
def test_options_that_upset_the_order_are_refused(option):
    """The order is the stack's."""

    def validate(self, cluster):
        yield

    assert any(fault.startswith("validate: ") for fault in faults_of(validate=hookimpl(**{option: True})(validate)))


def test_a_wrapper_is_welcome():
    """New-style wrappers may be written."""

    def get_open_ports(self, node_group):
        return (yield)

    assert faults_of(get_open_ports=hookimpl(wrapper=True)(get_open_ports)) == []


def test_a_forgotten_marker_is_found():
    """A method named like a hook was meant as one."""

    def validate(self, cluster): ...

    assert faults_of(validate=validate) == [
        "validate: is named like a hook and is not marked with @hookimpl (which stands below @staticmethod)"
    ]


def test_a_plugin_that_implements_nothing_is_refused():
    """pluggy takes the wrong marker in silence."""
    assert faults(object(), Role.LISTENER) == [
        "no function is marked with serai.hookspec.hookimpl (the pluggy project is 'serai')",
        "on_event: a plugin of role listener must implement it",
    ]


def test_a_plugin_that_compares_by_value_is_refused():
    """pluggy keeps plugins in sets."""

    @attrs.define
    class ByValue(Sound):
        name: str = "x"

    assert faults(ByValue(), Role.AUXILIARY) == [
        "ByValue compares by value; make it a plain class or attrs.define(eq=False)"
    ]


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        ("1.0", []),
        ("2.0", ["it needs SPI 2.0; this is SPI 1.0"]),
        ("one", ["SERAI_SPI is 'one'; it must read like '1.0'"]),
    ],
)
def test_the_declared_spi_version_is_checked(declared, fault):
    """A plugin written for another contract is not called."""
    assert faults_of(SERAI_SPI=declared) == fault


def test_properties_are_not_evaluated():
    """Looking at a plugin must not run it."""

    def explode(self):
        raise AssertionError("evaluated")

    assert faults_of(danger=property(explode)) == []


def test_all_faults_are_told_at_once():
    """One rejection names everything."""

    class Bad:
        @hookimpl
        def get_version(self): ...

        @hookimpl
        async def validate(self, clustr): ...

    with pytest.raises(PluginRejected) as caught:
        admitted("bad", Role.PROVISIONING, Bad(), "bad-dist", "0.1")
    assert len(caught.value.details["faults"]) == 8
    assert "'bad' (bad-dist 0.1)" in str(caught.value)
