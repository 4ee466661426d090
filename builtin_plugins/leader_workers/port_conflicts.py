"""Processes of one instance that would listen on the same port."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from attrs import frozen

from serai.hookspec.objects import Config, NodeGroup, ValidationError
from serai.hookspec.places import config_path


@frozen
class Claim:
    """Ports that something on an instance takes: one, or a range of which it takes any.

    Attributes:
        config: where they are set.
        ports: which; not empty.
    """

    config: Config
    ports: range

    def __str__(self) -> str:
        many = len(self.ports) > 1
        return f"{self.config.name!r} ({self.ports[0]}{f' to {self.ports[-1]}' if many else ''})"


def one_port(config: Config, port: int) -> Claim:
    """The claim of a single port."""
    return Claim(config, range(port, port + 1))


def port_conflicts(node_group: NodeGroup, claims: Iterable[Claim]) -> Iterator[ValidationError]:
    """Every two claims that overlap. Each instance has an address of its own, so only those of one group matter.

    Args:
        node_group: the group.
        claims: what each of its instances takes.
    """
    for one, other in combinations(claims, 2):
        if range(max(one.ports.start, other.ports.start), min(one.ports.stop, other.ports.stop)):
            yield ValidationError(
                config=other.config,
                error_message=f"{one} and {other} overlap in node group {node_group.name}",
                path=config_path(node_group, other.config),
                code="PORT_CONFLICT",
                hint="give each ports of its own",
            )
