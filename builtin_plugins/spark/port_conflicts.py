"""Processes of one instance that would listen on the same port."""

from collections.abc import Iterator
from itertools import combinations

from attrs import frozen

from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.builtin_plugins.spark.values import sound
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError
from serai.hookspec.places import config_path

_MASTER_PORTS = (settings.MASTER_PORT, settings.MASTER_UI_PORT)
_WORKER_PORTS = (settings.WORKER_PORT, settings.WORKER_UI_PORT)


@frozen
class _Claim:
    """Ports that something on an instance takes: one, or a range of which it takes any."""

    config: Config
    ports: range

    def __str__(self) -> str:
        many = len(self.ports) > 1
        return f"{self.config.name!r} ({self.ports[0]}{f' to {self.ports[-1]}' if many else ''})"


def port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Every two claims of one instance that overlap. Each instance has an address of its own, so no further.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    for group in cluster.node_groups:
        for one, other in combinations(_claims(group), 2):
            if range(max(one.ports.start, other.ports.start), min(one.ports.stop, other.ports.stop)):
                yield ValidationError(
                    config=other.config,
                    error_message=f"{one} and {other} overlap in node group {group.name}",
                    path=config_path(group, other.config),
                    code="PORT_CONFLICT",
                    hint="give each ports of its own",
                )


def _claims(group: NodeGroup) -> list[_Claim]:
    master, worker = MASTER in group.node_processes, WORKER in group.node_processes
    rest = (settings.REST_PORT,) if sound(group.cluster, settings.REST_SERVER, bool) else ()
    single = [*(_MASTER_PORTS if master else ()), *(rest if master else ()), *(_WORKER_PORTS if worker else ())]
    ranges = [settings.DRIVER_PORT] * master + [settings.BLOCK_MANAGER_PORT] * (master or worker)
    length = sound(group.cluster, settings.PORT_RANGE, int) or 1
    claims = [_claim(group, config, 1) for config in single] + [_claim(group, config, length) for config in ranges]
    return [claim for claim in claims if claim is not None]


def _claim(group: NodeGroup, config: Config, length: int) -> _Claim | None:
    """What a config claims; None for a port left open, or one the engine refuses."""
    first = sound(group, config, int)
    return _Claim(config, range(first, first + length)) if first else None
