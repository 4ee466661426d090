"""The commands for those who write plugins."""

import ast
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from serai.engine.cli.conformance_views import blocks
from serai.engine.cli.new_plugin import PluginName, package_files
from serai.engine.cli.plain import plain
from serai.engine.naming import is_name
from serai.hookspec import hookimpl
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Config
from serai.hookspec.testing.conformance import run_checks

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "plugin-package"
NAMES = ["jam", "jam-jar", "none", "no", "true", "null", "class", "config", "x", "a-1-b", "q" * 32]

Serai = Callable[..., Any]


class Twice:
    """Tells a version twice."""

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["1", "1"]

    @hookimpl
    def get_configs(self) -> list[Config]:
        return []

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return {"Twice": ["one"]}

    @hookimpl
    def configure_cluster(self) -> None: ...

    @hookimpl
    def start_cluster(self) -> None: ...


def test_the_example_under_its_own_name_is_the_example() -> None:
    """Byte for byte, and all of it: what is shown in the documentation is what people get."""
    found = {path: (EXAMPLE / path).read_text() for path in package_files(PluginName.read("pantry"))}
    assert package_files(PluginName.read("pantry")) == found
    kept = {str(path.relative_to(EXAMPLE)) for path in EXAMPLE.rglob("*.py")}
    assert kept | {"pyproject.toml", "README.md", "cluster.yaml"} == set(found)


@pytest.mark.parametrize("text", NAMES)
def test_whatever_the_name_the_package_is_whole(text: str) -> None:
    """Every module can be compiled, the entry point leads to the object, and nothing of the example's name is left."""
    name = PluginName.read(text)
    content = package_files(name)
    trees = {path: ast.parse(source) for path, source in content.items() if path.endswith(".py")}
    project = tomllib.loads(content["pyproject.toml"])["project"]
    module, _, attribute = project["entry-points"]["serai.provisioning"][text].partition(":")
    assert project["name"] == name.distribution
    body = trees[f"{module.replace('.', '/')}.py"].body
    assert attribute in {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets}
    cluster = yaml.safe_load(content["cluster.yaml"])
    assert cluster["plugin_name"] == text
    assert is_name(cluster["name"])
    assert "pantry" not in str(content).lower()


@pytest.mark.parametrize(
    "text", ["", "Jam", "1jam", "jam-", "-jam", "jam--jar", "jam_jar", "../jam", "jam jar", "q" * 33]
)
def test_what_is_no_name_is_refused(text: str, serai: Serai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what a name is; nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SeraiError):
        PluginName.read(text)
    refused = serai("plugin", "new", "--", text)
    assert refused.code == 1
    assert "INVALID_NAME" in refused.err
    assert "my-plugin" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_a_package_is_written_where_nothing_is(serai: Serai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default in a directory of its distribution's name; what is there is not touched."""
    monkeypatch.chdir(tmp_path)
    made = serai("plugin", "new", "jam", "--json").document
    assert sorted(made["files"]) == sorted(
        str(path.relative_to(tmp_path / "serai-jam")) for path in (tmp_path / "serai-jam").rglob("*") if path.is_file()
    )
    assert made["next"][0] == "cd serai-jam"
    (tmp_path / "serai-jam" / "README.md").write_text("mine")
    again = serai("plugin", "new", "jam")
    assert (again.code, "DIRECTORY_NOT_EMPTY" in again.err) == (1, True)
    assert (tmp_path / "serai-jam" / "README.md").read_text() == "mine"
    assert serai("plugin", "new", "jam", "--directory", "elsewhere").code == 0
    assert (tmp_path / "elsewhere" / "serai_jam" / "plugin.py").exists()
    spaced = serai("plugin", "new", "jam", "--directory", "some where", "--json").document
    assert spaced["next"][0] == "cd 'some where'"


@pytest.mark.parametrize("name", ["spark", "prometheus"])
def test_an_installed_plugin_has_its_name(
    name: str, serai: Serai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two plugins of one name neither would be loaded; an auxiliary one could not join the other."""
    monkeypatch.chdir(tmp_path)
    refused = serai("plugin", "new", name)
    assert (refused.code, "PLUGIN_EXISTS" in refused.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_plugin_that_conforms_is_said_to(serai: Serai) -> None:
    """Every check that was wanted in a row; exit code 0."""
    looked = serai("plugin", "check", "camp", "--only", "versions", "--only", "processes")
    assert looked.code == 0
    assert "nothing is wrong with it" in looked.out
    assert [line.split()[:2] for line in looked.out.splitlines()[1:3]] == [
        ["passed", "versions"],
        ["passed", "processes"],
    ]


def test_what_is_wrong_is_told_with_what_to_do() -> None:
    """What was found, then the fix; a plugin that tells one version twice."""
    report = run_checks({"twice": Twice()}, only=["versions"])
    shown = plain(blocks(report))
    [result] = report.failed
    assert f"found: {result.problems[0]}" in shown
    assert f"fix:   {result.check.fix}" in shown
    assert "1 failed" in shown
    assert "nothing is wrong" not in shown


def test_what_cannot_be_looked_at_is_told(serai: Serai, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that is not there, a check that is not, and a kit that is not installed."""
    assert serai("plugin", "check", "cmap").code == 4
    unknown = serai("plugin", "check", "camp", "--only", "virtue")
    assert (unknown.code, "there is no check virtue" in unknown.err) == (2, True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    missing = serai("plugin", "check", "camp")
    assert (missing.code, "pip install 'serai[test-kit]'" in missing.err) == (1, True)
