"""Plugins from the command line."""

from collections.abc import Callable
from typing import Any

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
    assert "Camp     guard, tent" in lines
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
