"""A plan shows what a plugin will read: the same values, by the same precedence."""

from attrs import evolve
from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.planning import ValueOrigin, effective_values
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Recommendation
from serai.hookspec.testing import strategies as model


@st.composite
def configured(draw: st.DrawFn) -> tuple[NodeGroup, list]:
    """A node group of a cluster, with values for the same configs on every level."""
    found = draw(st.lists(model.configs(), min_size=1, max_size=3, unique_by=lambda config: config.key))
    configs = [evolve(config, scope="node") for config in found]
    layers = []
    for _ in range(4):
        chosen = [config for config in configs if draw(st.booleans())]
        layers.append([(config, draw(model.values_for(config))) for config in chosen])
    group = NodeGroup("nodes", node_configs=by_target(layers[0]), use_autoconfig=draw(st.booleans()))
    recommended = [
        Recommendation(*config.key, value, scope, f"why {config.name}")
        for scope, layer in (("nodes", layers[2]), (None, layers[3]))
        for config, value in layer
    ]
    cluster = Cluster("demo", "grid", "1", [group], by_target(layers[1]), recommendations=tuple(recommended))
    cluster.use_autoconfig = draw(st.booleans())
    cluster.bind_configs(configs)
    return group, configs


def by_target(layer):
    """Values in the shape of a document."""
    values = {}
    for config, value in layer:
        values.setdefault(config.applicable_target, {})[config.name] = value
    return values


@given(configured())
@at_most(40)
def test_a_planned_value_is_the_one_in_force(case):
    """As ``node_group.configuration`` has it, which plugins read."""
    group, configs = case
    planned = {(value.target, value.name): value.value for value in effective_values(group, configs, {})}
    in_force = {(t, name): value for t, named in group.configuration.items() for name, value in named.items()}
    secret = {config.key for config in configs if config.is_secret}
    assert planned == {key: "******" if key in secret else value for key, value in in_force.items()}


@given(configured())
@at_most(40)
def test_a_planned_value_comes_from_where_it_says(case):
    """The value of that level is the value shown."""
    group, configs = case
    cluster = group.cluster
    levels = {
        ValueOrigin.NODE: [group.node_configs],
        ValueOrigin.CLUSTER: [cluster.cluster_configs],
        ValueOrigin.RECOMMENDED: [cluster.recommended_values("nodes"), cluster.recommended_values(None)],
        ValueOrigin.DEFAULT: [cluster.config_defaults],
    }
    secret = {config.key for config in configs if config.is_secret}
    for value in effective_values(group, configs, {}):
        level = next(level for level in levels[value.origin] if value.name in level.get(value.target, {}))
        assert value.value == level[value.target][value.name] or (value.target, value.name) in secret
