"""Ports that processes of Spark take on one instance."""

from collections.abc import Iterator

from serai.builtin_plugins.leader_workers.port_conflicts import Claim, port_conflicts
from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.builtin_plugins.spark.values import sound
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError

_MASTER_PORTS = (settings.MASTER_PORT, settings.MASTER_UI_PORT)
_WORKER_PORTS = (settings.WORKER_PORT, settings.WORKER_UI_PORT)


def port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Every two ports, or ranges of them, of one instance that overlap.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    for group in cluster.node_groups:
        yield from port_conflicts(group, _claims(group))


def _claims(group: NodeGroup) -> list[Claim]:
    master, worker = MASTER in group.node_processes, WORKER in group.node_processes
    rest = (settings.REST_PORT,) if sound(group.cluster, settings.REST_SERVER, bool) else ()
    single = [*(_MASTER_PORTS if master else ()), *(rest if master else ()), *(_WORKER_PORTS if worker else ())]
    ranges = [settings.DRIVER_PORT] * master + [settings.BLOCK_MANAGER_PORT] * (master or worker)
    length = sound(group.cluster, settings.PORT_RANGE, int) or 1
    claims = [_claim(group, config, 1) for config in single] + [_claim(group, config, length) for config in ranges]
    return [claim for claim in claims if claim is not None]


def _claim(group: NodeGroup, config: Config, length: int) -> Claim | None:
    """What a config claims; None for a port left open, or one the engine refuses."""
    first = sound(group, config, int)
    return Claim(config, range(first, first + length)) if first else None
