"""What holds of Hadoop's properties and of the files they are written to, whatever a user gives."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.configs import property_configs
from serai.builtin_plugins.hadoop.extra_properties import parsed
from serai.builtin_plugins.hadoop.ports import parsed_port
from serai.builtin_plugins.hadoop.rendering import illegal_characters, site_xml
from serai.builtin_plugins.hadoop.values import as_text, property_text, set_properties
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.objects import Cluster, Config, ConfigType, NodeGroup, Recommendation

legal = st.characters(exclude_categories=("Cs",)).filter(lambda char: not illegal_characters(char))
texts = st.text(legal, max_size=40)
names = st.text(legal, min_size=1, max_size=20)


@given(st.dictionaries(names, texts, max_size=5))
def test_what_is_written_is_read_back(values: dict[str, str]) -> None:
    """By any XML parser, to the character."""
    root = ElementTree.fromstring(site_xml(values).encode())  # noqa: S314 - made here
    found = {each.findtext("name") or "": each.findtext("value") or "" for each in root.iter("property")}
    assert found == values


@given(st.text(max_size=40).map(illegal_characters).filter(bool))
def test_what_no_parser_takes_is_not_written(text: str) -> None:
    """And nothing else is called illegal."""
    with pytest.raises(ValueError, match="XML does not allow"):
        site_xml({"name": text})
    for char in text:
        with pytest.raises((ElementTree.ParseError, UnicodeEncodeError)):
            ElementTree.fromstring(f"<a>{char}</a>".encode())  # noqa: S314 - made here


@st.composite
def values_of(draw: st.DrawFn, config: Config) -> Any:
    """A value that the engine's own rules allow for a config."""
    match config.config_type:
        case ConfigType.BOOLEAN:
            return draw(st.booleans())
        case ConfigType.INTEGER:
            return draw(st.integers(config.minimum, config.maximum))
        case _:
            return draw(texts)


@given(st.data(), st.sampled_from(VERSIONS))
def test_the_strongest_layer_that_has_a_value_counts(data: st.DataObject, version: str) -> None:
    """Node, cluster, recommended for the group, recommended for all; else nothing is written."""
    config = data.draw(st.sampled_from(sorted(property_configs(version).values(), key=lambda each: each.name)))
    layers = data.draw(st.lists(st.none() | values_of(config), min_size=4, max_size=4))
    node, everywhere, group, recommended = ({} if each is None else {config.name: each} for each in layers)
    target = config.applicable_target
    made = Cluster(
        "c",
        "hadoop",
        version,
        [NodeGroup("all", node_configs={target: node})],
        {target: everywhere},
        recommendations=[
            Recommendation(target, name, value, where)
            for where, given_there in (("all", group), (None, recommended))
            for name, value in given_there.items()
        ],
    )
    expected = next((as_text(each) for each in layers if each is not None), None)
    assert property_text(made.node_groups[0], config.name) == expected
    written = [site.values for site in set_properties(made.node_groups[0]).values() if site.values]
    assert written == ([] if expected is None else [{config.name: expected}])


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z.-]{0,20}", fullmatch=True), texts), max_size=5))
def test_lines_of_extra_properties_are_read_as_they_were_meant(entries: list[tuple[str, str]]) -> None:
    """A name, and what follows it on its line without the white space around."""
    meant = [(name, " ".join(value.split())) for name, value in entries]
    text = "\n".join(f"  {name} \t {value}  \n# {value}" for name, value in meant)
    assert [(each.name, each.value) for each in parsed(text)] == meant


@given(st.integers(-10, 70000), st.sampled_from(("", "0.0.0.0", "10.0.0.1", "host")))
def test_a_port_is_taken_exactly_from_an_address_of_any_interface(number: int, host: str) -> None:
    """And within bounds."""
    expected = number if host in ("", "0.0.0.0") and 1 <= number <= 65535 else None
    assert parsed_port("dfs.datanode.address", f"{host}:{number}") == expected
