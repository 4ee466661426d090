"""Whether workers fit their machines, and executors their workers."""

from collections.abc import Iterator

from serai.builtin_plugins.leader_workers.counts import Counts
from serai.builtin_plugins.leader_workers.machines import Machine
from serai.builtin_plugins.spark.recommendation import Sizes, sizes, tenants, worker_machines
from serai.builtin_plugins.spark.settings import EXECUTOR_MEMORY, LEAST_EXECUTOR_MEMORY, WORKER, WORKER_MEMORY
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path


def capacity_problems(cluster: Cluster, counts: Counts, *, scaling: bool) -> Iterator[ValidationError]:
    """What does not fit, as far as facts are known.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
        scaling: whether some of them run already.
    """
    planned = sizes(cluster, counts, scaling=scaling)
    for machine in worker_machines(cluster, counts):
        yield from _machine_problems(cluster, machine, planned)
    yield from _executor_problems(cluster, planned)


def spark_choice(memory_mb: int) -> int:
    """The memory a worker takes by Spark's own rule: all of the machine but 1 GiB."""
    return max(memory_mb - 1024, LEAST_EXECUTOR_MEMORY)


def _machine_problems(cluster: Cluster, machine: Machine, planned: Sizes) -> Iterator[ValidationError]:
    memory_mb, heaps = machine.facts.memory_mb, tenants(cluster, machine).heaps
    worker_sizes = [(count, planned.workers[group.name]) for group, count in machine.residents_with(WORKER)]
    needed = heaps + sum(count * (size or spark_choice(memory_mb)) for count, size in worker_sizes)
    if needed > memory_mb:
        parts = [f"{count} x {size or spark_choice(memory_mb)} for workers" for count, size in worker_sizes]
        yield ValidationError(
            config=WORKER_MEMORY,
            error_message=f"Spark needs {needed} MiB ({' + '.join(parts)} + {heaps} for daemons and driver)"
            f" of a machine that has {memory_mb} MiB",
            path=config_path(machine.residents_with(WORKER)[0][0], WORKER_MEMORY),
            code="MEMORY_EXCEEDED",
            hint=f"set a lower {WORKER_MEMORY.name!r}, or have fewer workers",
        )


def _executor_problems(cluster: Cluster, planned: Sizes) -> Iterator[ValidationError]:
    """An executor that is larger than a worker never starts there, and no error ever tells."""
    for group in cluster.groups_with(WORKER):
        size = planned.workers[group.name]
        if size is not None and size < planned.executor:
            yield ValidationError(
                config=EXECUTOR_MEMORY,
                error_message=f"executors of {planned.executor} MiB do not fit workers of {size} MiB in node group"
                f" {group.name}",
                path=config_path(cluster, EXECUTOR_MEMORY),
                code="EXECUTOR_DOES_NOT_FIT",
                hint=f"set {EXECUTOR_MEMORY.name!r} to at most {size}, or a higher {WORKER_MEMORY.name!r}",
            )
