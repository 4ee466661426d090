"""Where in a document a fault is."""

import pytest

from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster, Config, NodeGroup
from serai.hookspec.places import config_path, group_path

PORT = Config("Web port", applicable_target="service:Kiosk")
AT_GROUP = 'node_groups[1].node_configs["service:Kiosk"]["Web port"]'
AT_CLUSTER = 'cluster_configs["service:Kiosk"]["Web port"]'
VALUES = {"service:Kiosk": {"Web port": 80}}


def second_group(*, own: bool = False, whole: bool = False) -> NodeGroup:
    """The second of two groups that look alike, with a value of its own, of the whole cluster, both or none."""
    groups = [NodeGroup("g", 1), NodeGroup("g", 1, node_configs=VALUES if own else {})]
    return Cluster("demo", "kiosk", "1.0", groups, cluster_configs=VALUES if whole else {}).node_groups[1]


def test_a_group_is_told_from_one_that_looks_alike() -> None:
    """By identity."""
    assert group_path(second_group()) == "node_groups[1]"


@pytest.mark.parametrize(
    ("own", "whole", "expected"),
    [(True, True, AT_GROUP), (True, False, AT_GROUP), (False, True, AT_CLUSTER), (False, False, "node_groups[1]")],
)
def test_a_groups_value_is_where_the_user_gave_it(own: bool, whole: bool, expected: str) -> None:
    """The group's own value is in force before the cluster's; without either, the group is all there is to point at."""
    assert config_path(second_group(own=own, whole=whole), PORT) == expected


def test_a_clusters_value_has_one_place() -> None:
    """Given or not."""
    assert config_path(second_group().cluster, PORT) == AT_CLUSTER


def test_a_plain_word_is_not_quoted() -> None:
    """As everywhere else in paths."""
    assert config_path(second_group().cluster, Config("Swap", applicable_target="general")) == (
        "cluster_configs.general.Swap"
    )


def test_a_group_without_a_cluster_has_no_place() -> None:
    """It is told, instead of a wrong place."""
    with pytest.raises(SeraiError, match="belongs to no cluster"):
        group_path(NodeGroup("g"))
