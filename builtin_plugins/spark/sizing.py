"""How large workers and executors are to be: formulas, each telling its inputs."""

from typing import Final

from attrs import frozen

from serai.builtin_plugins.spark.settings import LEAST_EXECUTOR_MEMORY

JVM_OVERHEAD: Final = 128
"""MiB that a daemon takes beside its heap."""

DRIVER_OVERHEAD: Final = 384
"""MiB that a driver, its Python included, takes beside its heap."""


@frozen
class Tenants:
    """What of Spark runs on one machine.

    Attributes:
        workers: number of workers.
        masters: number of masters: where there is one, drivers run too.
        sharing: how many of the workers share what is left; the others have a size given by the user.
        given: what these others take, in MiB.
        daemon_memory: heap of each master and worker process, in MiB.
        driver_memory: heap of a driver, in MiB.
    """

    workers: int
    masters: int
    sharing: int
    given: int
    daemon_memory: int
    driver_memory: int

    @property
    def heaps(self) -> int:
        """MiB of heap that daemons and one driver may fill."""
        return (self.workers + self.masters) * self.daemon_memory + (self.driver_memory if self.masters else 0)

    @property
    def daemons(self) -> int:
        """MiB that daemons and one driver take with all a process needs beside its heap."""
        beside = (self.workers + self.masters) * JVM_OVERHEAD + (DRIVER_OVERHEAD if self.masters else 0)
        return self.heaps + beside


def system_reserve(memory_mb: int) -> int:
    """What is left to the system, in MiB: an eighth of the memory, and 1 GiB where that is no more than a quarter."""
    return max(memory_mb // 8, min(1024, memory_mb // 4))


def worker_memory(memory_mb: int, tenants: Tenants) -> int | None:
    """A worker's share of a machine's memory, in MiB; None when too little is left for an executor.

    Args:
        memory_mb: the machine's memory, in MiB.
        tenants: what shares it.
    """
    left = memory_mb - system_reserve(memory_mb) - tenants.daemons - tenants.given
    share = left // tenants.sharing if tenants.sharing else 0
    return share if share >= LEAST_EXECUTOR_MEMORY else None


def worker_memory_reason(memory_mb: int, tenants: Tenants) -> str:
    """The formula of :func:`worker_memory` with its inputs."""
    parts = [f"{memory_mb} MiB", f"{system_reserve(memory_mb)} for the system"]
    parts.append(f"{tenants.daemons} for daemons and driver" if tenants.masters else f"{tenants.daemons} for daemons")
    if tenants.given:
        parts.append(f"{tenants.given} for workers of a given size")
    return f"({' - '.join(parts)}) / {plural(tenants.sharing)} on the machine"


def worker_cores(cpus: int, workers: int) -> int:
    """A worker's share of a machine's processors.

    Args:
        cpus: the machine's processors.
        workers: how many workers share them; at least 1.
    """
    return max(1, cpus // workers)


def executor_memory(smallest_worker: int) -> int:
    """Heap of an executor that fills a worker, in MiB: what the JVM and Python need beside it is taken off.

    Args:
        smallest_worker: memory of the smallest worker, in MiB; at least an executor's least.
    """
    return max(LEAST_EXECUTOR_MEMORY, smallest_worker - executor_overhead(smallest_worker))


def executor_overhead(worker_mb: int) -> int:
    """What an executor takes beside its heap, in MiB: a tenth, and not too little."""
    return max(384, worker_mb // 10)


def plural(workers: int) -> str:
    """``1 worker``, ``2 workers``."""
    return f"{workers} worker{'' if workers == 1 else 's'}"
