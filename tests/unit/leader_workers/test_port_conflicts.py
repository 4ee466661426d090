"""Which ports of one instance overlap."""

from serai.builtin_plugins.leader_workers.port_conflicts import Claim, one_port, port_conflicts
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup


def told(*claims: Claim) -> list[str]:
    """What is said of the claims of a group called ``all``."""
    group = NodeGroup("all", 1, [])
    cluster = Cluster("demo", "any", "1", [group])
    cluster.bind_configs([claim.config for claim in claims])
    return [error.error_message for error in port_conflicts(group, claims)]


A, B, C = (Config(name, "A port.", applicable_target="general") for name in "ABC")


def test_ports_of_their_own_are_right() -> None:
    """Beside each other is not the same."""
    assert told(one_port(A, 8000), Claim(B, range(8001, 8011)), one_port(C, 8011)) == []
    assert told() == []


def test_the_same_port_is_told_of_every_two() -> None:
    """Who changes one of three has to know of the others."""
    assert told(one_port(A, 80), one_port(B, 80), one_port(C, 80)) == [
        "'A' (80) and 'B' (80) overlap in node group all",
        "'A' (80) and 'C' (80) overlap in node group all",
        "'B' (80) and 'C' (80) overlap in node group all",
    ]


def test_a_range_overlaps_what_is_in_it_and_ranges_that_reach_into_it() -> None:
    """Its first and its last port count."""
    ports = Claim(A, range(80, 90))
    assert told(ports, one_port(B, 80), one_port(C, 89)) == [
        "'A' (80 to 89) and 'B' (80) overlap in node group all",
        "'A' (80 to 89) and 'C' (89) overlap in node group all",
    ]
    assert told(ports, Claim(B, range(89, 95))) == ["'A' (80 to 89) and 'B' (89 to 94) overlap in node group all"]
