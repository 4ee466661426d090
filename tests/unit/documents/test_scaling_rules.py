"""What is checked before a cluster is scaled."""

import pytest
from attrs import evolve

from serai.engine.spec import ClusterSpec
from serai.engine.validation import validate_scaling, validated_cluster
from serai.engine.validation.scaling import scaled
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Instance


@pytest.fixture
def cluster(document, catalog):
    """The cluster of the document, with its instances."""
    cluster = validated_cluster(ClusterSpec.from_dict(document), catalog)
    for group in cluster.node_groups:
        for index in range(group.count):
            group.add_instance(Instance(f"i-{group.name}-{index}"))
    return cluster


@pytest.fixture
def stack(catalog):
    """Its plugins: Grid grows, and does not shrink."""
    return catalog.stack("grid", "2.1.0", ["monitor"])


def codes(errors):
    """Code and path of each error."""
    return [(error.code, error.path) for error in errors]


def test_a_possible_scaling_has_no_errors(cluster, stack, catalog):
    """Provider and plugins agree."""
    assert validate_scaling(cluster, stack, {"nodes": 5}, catalog.provider("farm")) == []


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"nods": 5}, [("UNKNOWN_NODE_GROUP", "nods")]),
        ({"nodes": -1}, [("OUT_OF_RANGE", "nodes")]),
        ({"nodes": 10**6}, [("OUT_OF_RANGE", "nodes")]),
        ({"nodes": "5"}, [("WRONG_TYPE", "nodes")]),
        ({"nodes": True}, [("WRONG_TYPE", "nodes")]),
        ({"nodes": 3}, [("NOTHING_TO_SCALE", "")]),
        ({"nodes": 3, "master": 1}, [("NOTHING_TO_SCALE", "")]),
        ({}, [("NOTHING_TO_SCALE", "")]),
        ({"nodes": 2}, [("SCALING_UNSUPPORTED", "nodes")]),
        ({"nodes": 1}, [("OUT_OF_RANGE", "nodes"), ("SCALING_UNSUPPORTED", "nodes")]),
        ({"master": 2}, [("MASTER_NOT_SCALABLE", "master")]),
        ({"master": 2, "nods": 1}, [("UNKNOWN_NODE_GROUP", "nods"), ("MASTER_NOT_SCALABLE", "master")]),
        ({"nodes": 25}, [("NO_ROOM", "infrastructure")]),
    ],
)
def test_what_is_wrong_is_told(cluster, stack, catalog, counts, expected):
    """All at once: the engine's rules, the plugins', the provider's."""
    assert codes(validate_scaling(cluster, stack, counts, catalog.provider("farm"))) == expected


def test_a_misspelt_node_group_comes_with_the_nearest(cluster, stack):
    """A typo is the likely reason."""
    (error,) = validate_scaling(cluster, stack, {"nods": 5})
    assert error.hint == "did you mean 'nodes'?"


def test_a_group_that_lost_an_instance_can_be_scaled_to_its_count(cluster, stack):
    """That is how it gets it back."""
    nodes = cluster.node_group("nodes")
    nodes.remove_instance(nodes.instances[0])
    assert validate_scaling(cluster, stack, {"nodes": 3}) == []


def test_a_plugin_that_implements_neither_hook_cannot_scale(cluster, grid, catalog_of):
    """Said before anything is touched."""
    fixed = type("Fixed", (grid,), {"scale_cluster": None})()
    stack = catalog_of(fixed).stack("grid", "2.1.0", ["monitor"])
    assert codes(validate_scaling(cluster, stack, {"nodes": 4})) == [("SCALING_UNSUPPORTED", "nodes")]


def test_a_plugin_that_shrinks_may_shrink(cluster, grid, catalog_of):
    """When it can drain what leaves."""
    shrinking = type("Shrinking", (grid,), {"decommission_nodes": hookimpl(lambda self, cluster: None)})()
    stack = catalog_of(shrinking).stack("grid", "2.1.0", ["monitor"])
    assert validate_scaling(cluster, stack, {"nodes": 2}) == []


def test_host_names_must_still_fit(cluster, stack):
    """More digits make longer names."""
    cluster.name, cluster.node_groups[1].name = "d" * 29, "n" * 29
    assert validate_scaling(cluster, stack, {"n" * 29: 20}) == []
    assert codes(validate_scaling(cluster, stack, {"n" * 29: 1000})) == [("HOST_NAME_TOO_LONG", "n" * 29)]


def test_asking_does_not_touch_the_cluster(cluster):
    """Counts and back references of the cluster that runs stay what they are."""
    copy = scaled(cluster, {"nodes": 5})
    nodes = cluster.node_group("nodes")
    assert (nodes.count, copy.node_group("nodes").count) == (3, 5)
    assert all(instance.node_group is nodes for instance in nodes.instances)
    assert all(instance.node_group.cluster is copy for instance in copy.instances)
    assert evolve(copy.node_groups[0], instances=[]) == evolve(cluster.node_groups[0], instances=[])
