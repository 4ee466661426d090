"""Plugins from the command line."""

from collections.abc import Callable
from typing import Any

from serai.engine.cli.blocks import Table, Text
from serai.engine.cli.plugin_views import PluginOffer, offer
from serai.hookspec.configs import Config

Serai = Callable[..., Any]


def test_plugins_are_listed_with_versions_labels_and_where_they_are_from(serai: Serai) -> None:
    """Of every role."""
    rows = [line.split() for line in serai("plugins").out.splitlines()]
    assert rows == [
        ["NAME", "ROLE", "VERSIONS", "LABELS", "FROM"],
        ["camp", "provisioning", "2,", "1", "enabled", "caravan", "1.0"],
        ["local", "infrastructure", "caravan", "1.0"],
    ]


def test_a_version_is_shown_with_its_configs_the_important_ones_first(serai: Serai) -> None:
    """And its processes, job types and image tags."""
    shown = serai("plugins", "camp", "2").out
    lines = shown.splitlines()
    assert [line.split() for line in lines if line.startswith("Camp")] == [["Camp", "guard"], ["Camp", "tent"]]
    assert "job types:  Shell" in lines
    assert "image tags: camp, 2" in lines
    order = [shown.index(name) for name in ("Mood", "Password", "Obstacle")]
    assert order == sorted(order)
    assert "green|yellow|red" in shown


def test_a_plugin_as_json(serai: Serai) -> None:
    """With the field names of the object model."""
    plugin = serai("plugins", "camp", "2", "--json").document
    assert (plugin["name"], plugin["versions"], plugin["version"]) == ("camp", ["2", "1"], "2")
    assert plugin["node_processes"] == {"Camp": ["guard", "tent"]}
    assert {"name", "applicable_target", "default_value", "config_type", "scope"} <= plugin["configs"][0].keys()
    assert "configure_cluster" in plugin["capabilities"]


def test_a_provider_is_shown_with_its_hooks(serai: Serai) -> None:
    """It has no versions."""
    assert "create_machines" in serai("plugins", "local").out


def test_what_is_not_there_is_not_found(serai: Serai) -> None:
    """Neither a plugin nor a version; the nearest name is told."""
    missing = serai("plugins", "cmap")
    assert missing.code == 4
    assert "did you mean 'camp'?" in missing.err
    assert serai("plugins", "camp", "3").code == 4


def test_defaults_few_look_at_are_counted_and_shown_on_demand(serai: Serai, document: Callable[..., str]) -> None:
    """Of a plan; nothing that somebody chose is left out."""
    shown = serai("plan", document(Obstacle="stone")).out
    assert "Mood" in shown
    assert "stone" in shown
    left_out = serai("plan", document()).out
    assert "Obstacle" not in left_out
    assert "more at their defaults: serai plan --all shows them" in left_out
    assert "Obstacle" in serai("plan", document(), "--all").out


def test_of_many_configs_those_of_priority_2_are_shown_on_demand() -> None:
    """Hadoop has two thousand."""
    many = tuple(Config(f"c{index}", "", priority=1 if index < 3 else 2) for index in range(150))
    offered = PluginOffer(many, {}, {}, (), ())
    some, every = (list(offer(offered, every_config=every)) for every in (False, True))
    assert [len(block.rows) for block in some if isinstance(block, Table)][-1] == 3
    assert some[-1] == Text("and 147 more: --all shows them")
    assert [len(block.rows) for block in every if isinstance(block, Table)][-1] == 150
