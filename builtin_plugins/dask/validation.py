"""What must hold of a cluster's shape, memory and ports before it is made or scaled: every fault at once."""

from collections.abc import Iterator, Mapping

from serai.builtin_plugins.dask.machines import Counts, Machine, wanted_counts, worker_machines
from serai.builtin_plugins.dask.settings import (
    HTTP_PORT,
    SCHEDULER,
    SCHEDULER_PORT,
    WORKER,
    WORKER_HTTP_PORT,
    WORKER_MEMORY,
    WORKER_PORT,
)
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, ValidationError


def cluster_problems(cluster: Cluster) -> list[ValidationError]:
    """What is wrong with a cluster that is to be made.

    Args:
        cluster: the cluster as it is to be.
    """
    counts = wanted_counts(cluster)
    return [
        *_scheduler_problems(cluster),
        *_worker_problems(cluster, counts),
        *_memory_problems(cluster, counts),
        *_port_problems(cluster),
    ]


def scaling_problems(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> list[ValidationError]:
    """What is wrong with a scaling. Arguments are those of the hook ``validate_scaling``."""
    counts = {**wanted_counts(cluster), **existing, **additional}
    changed = [group for group in cluster.node_groups if counts[group.name] != _present(group, additional)]
    return [
        *(_not_scalable(cluster, group) for group in changed if SCHEDULER in group.node_processes),
        *_worker_problems(cluster, counts),
        *_memory_problems(cluster, counts),
    ]


def _present(node_group: NodeGroup, additional: Mapping[str, int]) -> int:
    """How many instances a group has before the scaling: an added one none, whatever its count says by now."""
    return 0 if node_group.name in additional else node_group.count


def _scheduler_problems(cluster: Cluster) -> Iterator[ValidationError]:
    count = cluster.count_of(SCHEDULER)
    if count != 1:
        yield ValidationError(
            error_message=f"Dask cluster should contain only 1 scheduler instance. Actual scheduler count is {count}",
            path="node_groups",
            code="NOT_SINGLE_SCHEDULER",
            hint="give one node group with count 1 the process scheduler",
        )


def _worker_problems(cluster: Cluster, counts: Counts) -> Iterator[ValidationError]:
    if sum(counts[node_group.name] for node_group in cluster.groups_with(WORKER)) < 1:
        yield ValidationError(
            error_message="Dask cluster should contain at least 1 worker instance. Actual worker count is 0",
            path="node_groups",
            code="NO_WORKER",
            hint="give a node group the process worker and a count of at least 1",
        )


def _not_scalable(cluster: Cluster, node_group: NodeGroup) -> ValidationError:
    return ValidationError(
        error_message=f"node group {node_group.name} has the scheduler: its number of instances cannot change",
        path=f"{_place(cluster, node_group)}.count",
        code="NODE_GROUP_NOT_SCALABLE",
        hint="scale a node group that has workers only",
    )


def _memory_problems(cluster: Cluster, counts: Counts) -> Iterator[ValidationError]:
    for machine in worker_machines(cluster, counts):
        needed = sum(count * (_whole(group, WORKER_MEMORY) or 0) for group, count in machine.workers)
        if 0 < machine.facts.memory_mb < needed:
            yield _too_much_memory(cluster, machine, needed)


def _too_much_memory(cluster: Cluster, machine: Machine, needed: int) -> ValidationError:
    parts = " + ".join(f"{count} of {_whole(group, WORKER_MEMORY)}" for group, count in machine.workers)
    return ValidationError(
        config=WORKER_MEMORY,
        error_message=f"workers need {needed} MiB ({parts}) of a machine that has {machine.facts.memory_mb} MiB",
        path=_place(cluster, machine.workers[0][0]),
        code="MEMORY_EXCEEDED",
        hint=f"lower {WORKER_MEMORY.name!r} or the number of workers",
    )


def _port_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Two servers of one instance on one port. Each instance has an address of its own, so no further."""
    for node_group in cluster.node_groups:
        owners: dict[int, Config] = {}
        for config in _port_configs(node_group):
            port = _whole(node_group, config)
            if port is not None and (owner := owners.setdefault(port, config)) is not config:
                yield ValidationError(
                    config=config,
                    error_message=f"{config.name!r} and {owner.name!r} are both {port}",
                    path=_place(cluster, node_group),
                    code="PORT_CONFLICT",
                    hint="give each a port of its own",
                )


def _port_configs(node_group: NodeGroup) -> tuple[Config, ...]:
    scheduler = (SCHEDULER_PORT, HTTP_PORT) if SCHEDULER in node_group.node_processes else ()
    worker = (WORKER_PORT, WORKER_HTTP_PORT) if WORKER in node_group.node_processes else ()
    return scheduler + worker


def _whole(node_group: NodeGroup, config: Config) -> int | None:
    """The value in force, or None where there is none or the engine's own rules report it."""
    value = node_group.value(config)
    return None if value is None or config.problem_with(value) else int(value)


def _place(cluster: Cluster, node_group: NodeGroup) -> str:
    index = next(index for index, each in enumerate(cluster.node_groups) if each is node_group)
    return f"node_groups[{index}]"
