"""Finding installed plugins: lazily, blocked before import, quarantined when broken."""

import sys

import pytest

from serai.engine.plugins.catalog import Catalog
from serai.hookspec.errors import PluginNotFound, PluginRejected, SeraiError

SOUND = """
from serai.hookspec import hookimpl

class Auxiliary:
    @hookimpl
    def extends(self):
        return True

PLUGIN = Auxiliary()
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one module and some auxiliary plugins in it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules = []

    def do(distribution, module, source, *names):
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{distribution}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n")
        points = "".join(f"{name} = {module}:PLUGIN\n" for name in names)
        (info / "entry_points.txt").write_text(f"[serai.auxiliary]\n{points}")
        modules.append(module)

    yield do
    for module in modules:
        sys.modules.pop(module, None)


def test_listing_imports_nothing(install):
    """Names come from entry points alone."""
    install("far-away", "serai_test_lazy", SOUND, "lazy")
    assert "lazy" in list(Catalog().auxiliary)
    assert "serai_test_lazy" not in sys.modules


def test_a_plugin_knows_where_it_comes_from(install):
    """Distribution and version are told."""
    install("far-away", "serai_test_known", SOUND, "known")
    plugin = Catalog().auxiliary["known"]
    assert (plugin.distribution, plugin.version) == ("far-away", "1.5")


@pytest.mark.parametrize("blocked", ["evil", "auxiliary:evil", "evil-dist"])
def test_a_blocked_plugin_is_never_imported(install, blocked):
    """The block list holds before import, by name, role and distribution."""
    install("evil-dist", "serai_test_evil", "raise SystemExit('imported')", "evil")
    catalog = Catalog(blocked=[blocked])
    assert "evil" not in catalog.auxiliary
    with pytest.raises(PluginNotFound):
        catalog.auxiliary["evil"]
    assert "serai_test_evil" not in sys.modules


@pytest.mark.parametrize("source", ["import does_not_exist", "raise SystemExit(1)", "PLUGIN = object()", "x = 1"])
def test_a_broken_plugin_is_quarantined_and_the_others_go_on(install, source):
    """One bad package does not stop the rest, and its reason is kept."""
    install("broken-dist", "serai_test_broken", source, "broken")
    install("sound-dist", "serai_test_sound", SOUND, "sound")
    catalog = Catalog()
    assert list(catalog.auxiliary.load_all()) == ["broken"]
    assert catalog.auxiliary["sound"].name == "sound"
    with pytest.raises(PluginRejected, match=r"broken-dist 1\.5"):
        catalog.auxiliary["broken"]


def test_two_distributions_with_the_same_plugin_name_are_both_named(install):
    """pluggy would silently take one of them."""
    install("one-dist", "serai_test_one", SOUND, "twin")
    install("two-dist", "serai_test_two", SOUND, "twin")
    with pytest.raises(PluginRejected, match=r"one-dist 1\.5.*two-dist 1\.5"):
        Catalog().auxiliary["twin"]


def test_blocking_one_distribution_settles_a_clash(install):
    """The user can choose."""
    install("one-dist", "serai_test_one", SOUND, "twin")
    install("two-dist", "serai_test_two", SOUND, "twin")
    assert Catalog(blocked=["one-dist"]).auxiliary["twin"].distribution == "two-dist"


def test_an_unknown_plugin_names_the_nearest(catalog):
    """A typo is answered with what was meant."""
    with pytest.raises(PluginNotFound) as caught:
        catalog.stack("framewrok", "2.0")
    assert "framework" in caught.value.hint


def test_an_unknown_version_lists_the_versions(catalog):
    """The error says what there is."""
    with pytest.raises(SeraiError) as caught:
        catalog.stack("framework", "3.0")
    assert (caught.value.code, caught.value.hint) == ("VERSION_NOT_FOUND", "versions: 2.0, 1.0")


def test_stacks_are_made_once(catalog):
    """The same plugins give the same stack."""
    assert catalog.stack("framework", "2.0", ["monitor"]) is catalog.stack("framework", "2.0", ["monitor"])


def test_a_given_plugin_wins_over_an_installed_one(install, catalog):
    """What a host passes in is what it gets."""
    install("other-dist", "serai_test_other", SOUND, "monitor")
    mine = catalog.auxiliary["monitor"]
    assert Catalog(plugins=[mine]).auxiliary["monitor"] is mine
