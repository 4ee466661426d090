"""What goes out of use is announced, warned of with a replacement, and removed in time."""

from types import ModuleType

import pytest

from serai.engine.plugins.catalog import admitted
from serai.hookspec import SPI_VERSION, gate, hookimpl, infrastructure, listening, provisioning
from serai.hookspec.deprecation import Deprecation, SpiDeprecationWarning, spi_version
from serai.hookspec.evolution import overdue
from serai.hookspec.semantics import Declaration, Role, declarations, notify

OLD_HOOK = Deprecation("1.1", "2.0", "say it with start_cluster")
OLD_ARGUMENT = Deprecation("1.2", "2.0", "read cluster.name")


@pytest.fixture
def aging(monkeypatch: pytest.MonkeyPatch) -> dict[str, Declaration]:
    """A contract that has both a hook and an argument that go out of use."""
    module = ModuleType("aging")

    @notify(deprecated=OLD_HOOK)
    def wave(cluster): ...

    @notify(deprecated_arguments={"name": OLD_ARGUMENT})
    def greet(cluster, name): ...

    module.wave, module.greet = wave, greet
    monkeypatch.setitem(gate.SPECIFICATIONS, Role.PROVISIONING, module)
    return declarations(module)


class Waving:
    """Uses what is old."""

    @hookimpl
    def wave(self): ...

    @hookimpl
    def greet(self, name): ...


class Modern:
    """Uses what stays."""

    @hookimpl
    def greet(self, cluster): ...


@pytest.mark.parametrize("module", [provisioning, infrastructure, listening])
def test_no_deprecation_is_overdue(module):
    """When this fails a hook or an argument was to be gone by now: remove it."""
    assert overdue(declarations(module), SPI_VERSION) == []


def test_a_plugin_that_uses_what_goes_is_told_with_the_replacement(aging):
    """It is named with its distribution; everything it uses is told."""
    with pytest.warns(SpiDeprecationWarning) as told:
        admitted("waver", Role.PROVISIONING, Waving(), "caravan", "1.0")
    assert sorted(str(warning.message) for warning in told) == [
        "plugin 'waver' (caravan 1.0): greet: argument name is deprecated since SPI 1.2, and gone with 2.0;"
        " read cluster.name",
        "plugin 'waver' (caravan 1.0): wave is deprecated since SPI 1.1, and gone with 2.0; say it with start_cluster",
    ]


def test_a_plugin_that_uses_what_stays_hears_nothing(aging):
    """An argument that is not taken is not used: warnings are errors here."""
    assert admitted("modern", Role.PROVISIONING, Modern()).name == "modern"


def test_what_was_to_be_gone_is_overdue_from_that_version_on(aging):
    """Neither before nor only after it."""
    assert overdue(aging, "1.9") == []
    assert overdue(aging, "2.0") == [
        "wave: was to go with SPI 2.0; remove it",
        "greet(name): was to go with SPI 2.0; remove it",
    ]


@pytest.mark.parametrize(
    ("deprecation", "fault"),
    [
        (Deprecation("1.3", "2.0", ""), "is announced for SPI 1.3, which is not yet"),
        (Deprecation("1.0", "1.9", ""), "announced with SPI 1.0, it goes with a later major version, not 1.9"),
        (Deprecation("1.0", "2.1", ""), "announced with SPI 1.0, it goes with a later major version, not 2.1"),
    ],
)
def test_an_announcement_keeps_the_promise_of_the_contract(deprecation, fault):
    """Nothing is removed but with a major version, and nothing that was not announced before."""

    @notify(deprecated=deprecation)
    def wave(cluster): ...

    module = ModuleType("aging")
    module.wave = wave
    assert overdue(declarations(module), "1.2") == [f"wave: {fault}"]


@pytest.mark.parametrize("text", ["1", "1.0.0", "one.two", "", "-1.0"])
def test_what_is_no_version_of_the_contract_is_refused(text):
    """They are two numbers."""
    with pytest.raises(ValueError, match="not a version of the contract"):
        spi_version(text)
    assert spi_version("1.10") > spi_version("1.9")
