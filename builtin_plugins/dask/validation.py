"""What must hold of a cluster's shape, memory and ports before it is made or scaled: every fault at once."""

from collections.abc import Iterator, Mapping
from typing import Final

from serai.builtin_plugins.dask.settings import (
    HTTP_PORT,
    SCHEDULER,
    SCHEDULER_PORT,
    SERVICE,
    WORKER,
    WORKER_HTTP_PORT,
    WORKER_MEMORY,
    WORKER_PORT,
)
from serai.builtin_plugins.leader_workers.counts import Counts, counts_after, wanted_counts
from serai.builtin_plugins.leader_workers.machines import Machine, machines
from serai.builtin_plugins.leader_workers.port_conflicts import one_port, port_conflicts
from serai.builtin_plugins.leader_workers.shape import Roles, leader_problems, scaled_leader_problems, worker_problems
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError
from serai.hookspec.places import group_path

_ROLES: Final = Roles(SERVICE, SCHEDULER, WORKER, scalable="workers only")


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be.
    """
    counts = wanted_counts(cluster)
    return [
        *leader_problems(cluster, _ROLES, path="node_groups"),
        *worker_problems(cluster, _ROLES, counts),
        *_memory_problems(cluster, counts),
        *_port_problems(cluster),
    ]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = counts_after(cluster, existing, additional)
    return [
        *scaled_leader_problems(cluster, _ROLES, existing, additional),
        *worker_problems(cluster, _ROLES, counts),
        *_memory_problems(cluster, counts),
    ]


def _memory_problems(cluster: Cluster, counts: Counts) -> Iterator[ValidationError]:
    for machine in machines(cluster, counts, [WORKER]):
        needed = sum(count * (_whole(group, WORKER_MEMORY) or 0) for group, count in machine.residents)
        if 0 < machine.facts.memory_mb < needed:
            yield _too_much_memory(machine, needed)


def _too_much_memory(machine: Machine, needed: int) -> ValidationError:
    parts = " + ".join(f"{count} of {_whole(group, WORKER_MEMORY)}" for group, count in machine.residents)
    return ValidationError(
        config=WORKER_MEMORY,
        error_message=f"workers need {needed} MiB ({parts}) of a machine that has {machine.facts.memory_mb} MiB",
        path=group_path(machine.residents[0][0]),
        code="MEMORY_EXCEEDED",
        hint=f"lower {WORKER_MEMORY.name!r} or the number of workers",
    )


def _port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Two servers of one instance on one port."""
    for node_group in cluster.node_groups:
        ports = ((config, _whole(node_group, config)) for config in _port_configs(node_group))
        yield from port_conflicts(node_group, [one_port(config, port) for config, port in ports if port is not None])


def _port_configs(node_group: NodeGroup) -> tuple[Config, ...]:
    scheduler = (SCHEDULER_PORT, HTTP_PORT) if SCHEDULER in node_group.node_processes else ()
    worker = (WORKER_PORT, WORKER_HTTP_PORT) if WORKER in node_group.node_processes else ()
    return scheduler + worker


def _whole(node_group: NodeGroup, config: Config) -> int | None:
    """The value in force, or None where there is none or the engine's own rules report it."""
    value = node_group.value(config)
    return None if value is None or config.problem_with(value) else int(value)
