"""Sizes of workers, from what their machines are like."""

from collections.abc import Iterator

from serai.builtin_plugins.dask.settings import LEAST_WORKER_MEMORY, WORKER, WORKER_MEMORY, WORKER_THREADS
from serai.builtin_plugins.leader_workers.counts import wanted_counts
from serai.builtin_plugins.leader_workers.machines import Machine, machines
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, Recommendation

LEAST_RESERVE = 512
"""MiB left to the system, the scheduler and jobs on a machine, however small it is."""


def recommendations(cluster: Cluster) -> list[Recommendation]:
    """Memory and threads of each group's workers, where its machines' facts are known.

    Args:
        cluster: the cluster as it is to be.
    """
    with_workers = machines(cluster, wanted_counts(cluster), [WORKER])
    return [advice for machine in with_workers for advice in _for_machine(machine)]


def _for_machine(machine: Machine) -> Iterator[Recommendation]:
    facts, sharing = machine.facts, machine.count_of(WORKER)
    for node_group, _ in machine.residents:
        if facts.memory_mb > 0:
            reason = f"({facts.memory_mb} - {reserve(facts.memory_mb)} MiB reserved) / {_workers(sharing)}"
            yield _advice(WORKER_MEMORY, worker_memory(facts.memory_mb, sharing), node_group.name, reason)
        reason = f"{facts.cpus} processors / {_workers(sharing)}"
        yield _advice(WORKER_THREADS, worker_threads(facts.cpus, sharing), node_group.name, reason)


def reserve(memory_mb: int) -> int:
    """What workers leave of a machine's memory to everything else: a fifth, and not too little; in MiB."""
    return max(LEAST_RESERVE, memory_mb // 5)


def worker_memory(memory_mb: int, sharing: int) -> int:
    """A worker's share of a machine's memory, in MiB.

    Args:
        memory_mb: the machine's memory, in MiB.
        sharing: how many workers share it; at least 1.
    """
    return max(LEAST_WORKER_MEMORY, (memory_mb - reserve(memory_mb)) // sharing)


def worker_threads(cpus: int, sharing: int) -> int:
    """A worker's share of a machine's processors; arguments as of :func:`worker_memory`."""
    return max(1, cpus // sharing)


def _workers(count: int) -> str:
    return f"{count} worker{'' if count == 1 else 's'} on the machine"


def _advice(config: Config, value: int, node_group: str, reason: str) -> Recommendation:
    return Recommendation(config.applicable_target, config.name, value, node_group, reason)
