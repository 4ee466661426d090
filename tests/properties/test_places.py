"""Paths that plugins write, read by the engine."""

from hypothesis import given, settings
from hypothesis import strategies as st

from serai.engine.documents.paths import format_path, parse_path
from serai.hookspec.objects import Cluster, Config, NodeGroup
from serai.hookspec.places import config_path

KEYS = st.one_of(st.text(min_size=1), st.sampled_from(["Java", "Worker memory", "a.b", 'say "x"', "x[0]", "ä"]))


@settings(deadline=None)
@given(KEYS, KEYS, st.integers(0, 3))
def test_the_engine_finds_the_value_a_plugin_points_at(target: str, name: str, index: int) -> None:
    """Whatever characters keys have; and both write the same path."""
    groups = [NodeGroup(f"g{number}", node_configs={target: {name: 1}}) for number in range(4)]
    path = config_path(
        Cluster("demo", "kiosk", "1.0", groups).node_groups[index], Config(name, applicable_target=target)
    )
    assert parse_path(path) == ("node_groups", index, "node_configs", target, name)
    assert path == format_path(parse_path(path))
