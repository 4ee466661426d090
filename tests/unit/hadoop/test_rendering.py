"""Hadoop's configuration files."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from serai.builtin_plugins.hadoop.rendering import site_file, site_xml
from serai.builtin_plugins.hadoop.values import Site
from serai.builtin_plugins.hadoop.versions import RELEASES
from serai.engine.artifacts import ArtifactCache, default_root
from serai.hookspec.objects import Secret


def test_a_file_reads_like_hadoops_own() -> None:
    """Sorted by name, whatever the order of the values."""
    assert site_xml({"b": "x < y & z", "a": "1"}) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n'
        "  <property>\n    <name>a</name>\n    <value>1</value>\n  </property>\n"
        "  <property>\n    <name>b</name>\n    <value>x &lt; y &amp; z</value>\n  </property>\n"
        "</configuration>\n"
    )


def test_what_xml_cannot_hold_is_an_error_without_the_value() -> None:
    """It may be a secret."""
    with pytest.raises(ValueError, match="'a' has characters") as caught:
        site_xml({"a": "open\0sesame"})
    assert "sesame" not in str(caught.value)


def test_a_file_with_secrets_is_a_secret() -> None:
    """Which the engine writes for its owner alone."""
    content = site_xml({"a": "1"})
    assert site_file(Site({"a": "1"})) == content
    assert site_file(Site({"a": "1"}, is_secret=True)) == Secret(content)


@pytest.mark.slow
def test_hadoop_itself_reads_what_was_written(tmp_path: Path) -> None:
    """To the character; its own program shows what it read. What is empty it takes for none."""
    values = {"a.b": " x < y & 'z' ", "a.c": "one\ntwo\tthree", "a.d": "Grüße \U0001f42b"}
    (tmp_path / "core-site.xml").write_text(site_xml({**values, "a.e": ""}))
    jars = ArtifactCache(default_root()).fetch(RELEASES["3.5.0"].artifact)
    main = "org.apache.hadoop.conf.Configuration"
    argv = ("java", "-Dfile.encoding=UTF-8", "-cp", f"{tmp_path}:{jars}/*", main)
    shown = subprocess.run(argv, capture_output=True, check=True, timeout=120).stdout
    root = ElementTree.fromstring(shown)  # noqa: S314 - Hadoop's own
    found = {each.findtext("name"): each.findtext("value") or "" for each in root.iter("property")}
    assert {name: value for name, value in found.items() if str(name).startswith("a.")} == values
