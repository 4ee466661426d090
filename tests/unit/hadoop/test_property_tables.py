"""The tables of Hadoop's properties that the plugin carries."""

from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.properties import tables
from serai.builtin_plugins.hadoop.properties.generate import generated
from serai.builtin_plugins.hadoop.properties.tables import table
from serai.builtin_plugins.hadoop.versions import RELEASES, VERSIONS
from serai.engine.artifacts import ArtifactCache, default_root


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_a_table_is_what_the_jars_of_its_release_tell(version: str) -> None:
    """To the byte, so that nobody edits one by hand."""
    jars = ArtifactCache(default_root()).fetch(RELEASES[version].artifact)
    kept = Path(tables.__file__).with_name(f"{version}.json").read_bytes()
    assert generated(jars, version).encode() == kept


@pytest.mark.parametrize("version", VERSIONS)
def test_each_release_has_the_properties_of_all_four_files(version: str) -> None:
    """As many as the default files list."""
    counts = {file: len(properties) for file, properties in table(version).properties.items()}
    assert counts["core"] > 450
    assert counts["hdfs"] > 600
    assert counts["yarn"] > 600
    assert counts["mapred"] > 200


@pytest.mark.parametrize("version", VERSIONS)
def test_a_name_is_in_one_file(version: str) -> None:
    """Two of Hadoop's files list the fencing methods; the first counts."""
    files = table(version).properties
    names = [name for properties in files.values() for name in properties]
    assert len(names) == len(set(names))
    assert "dfs.ha.fencing.methods" in files["core"]


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("dfs.replication", ("int",)),
        ("dfs.heartbeat.interval", ("duration",)),
        ("dfs.blocksize", ("size",)),
        ("dfs.permissions.enabled", ("boolean",)),
        ("dfs.namenode.safemode.threshold-pct", ("number",)),
        ("mapreduce.map.memory.mb", ("long",)),
    ],
)
def test_what_a_property_is_read_as_comes_from_the_code(name: str, readings: tuple[str, ...]) -> None:
    """It cannot be told from defaults: that of the block size is a whole number."""
    found = table("3.5.0").named(name)
    assert found is not None
    assert found.readings == readings


def test_text_is_without_the_layout_of_the_file() -> None:
    """Some names and many descriptions span lines there."""
    properties = [each for file in table("3.5.0").properties.values() for each in file.values()]
    assert all(each.name == "".join(each.name.split()) for each in properties)
    assert all(each.description == " ".join(each.description.split()) for each in properties)


def test_renamed_properties_are_known_by_their_former_names() -> None:
    """Of which some still stand in many a file."""
    assert table("3.5.0").renamed["dfs.block.size"] == "dfs.blocksize"
    assert table("3.5.0").renamed["fs.default.name"] == "fs.defaultFS"
