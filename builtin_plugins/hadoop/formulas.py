"""How large daemons and containers are to be: formulas that never give less where there is more.

They follow Sahara's (``recommendations_utils.py``), whose tables come from Hortonworks' guide to sizing YARN, but never
give out memory that a machine has not: there the least number and size of containers came before what was reserved.
"""

from fractions import Fraction
from typing import Final

JVM_OVERHEAD: Final = 150
"""MiB that a daemon takes beside its heap."""

LEAST_HEAP: Final = 96
"""MiB of heap with which each of the daemons still works."""

LEAST_CONTAINER: Final = 256
"""MiB of the least container that a JVM with a task in it fits in."""

CONTAINER_STEP: Final = 128
"""MiB of the least container that YARN gives out, and by which it rounds up what is asked for. Sahara's was what is an
ordinary container at first: a ResourceManager turns away NodeManagers with less, smaller ones that are added later."""

LARGEST_CONTAINER: Final = 2048
"""MiB that a container gets when nothing more is asked for, however large the machine is."""

_GIB: Final = 1024

_RESERVES: Final = ((4, 1), (8, 2), (16, 2), (24, 4), (48, 6), (64, 8), (72, 8), (96, 12), (128, 24), (256, 32))
"""GiB of a machine, and of these what is left to its system."""

_RESERVE_BEYOND: Final = 64
"""GiB left to the system of a machine with still more."""

_LEAST_CONTAINERS: Final = ((4 * _GIB, LEAST_CONTAINER), (8 * _GIB, 512), (24 * _GIB, 1024))
"""MiB for containers, and the least that each of them gets."""

_CONTAINERS: Final = 8
"""How many containers a NodeManager should have room for, however few processors there are."""


def usable_memory(memory_mb: int) -> int:
    """What a machine's system leaves, in MiB.

    Reserved are Sahara's amounts, but never more than a quarter; and where a machine a little smaller would have more
    left, as at the steps of that table, as much as there.

    Args:
        memory_mb: the machine's memory, in MiB.
    """
    below, best = 0, 0
    for bound, reserve in (*_RESERVES, (memory_mb // _GIB + 1, _RESERVE_BEYOND)):
        if memory_mb > below * _GIB:
            size = min(memory_mb, bound * _GIB)
            best = max(best, size - min(reserve * _GIB, size // 4))
        below = bound
    return best


def daemon_memory(usable_mb: int, daemons: int, most: int) -> Fraction:
    """What each daemon of a machine takes, in MiB: together a quarter, unless that is too little to run.

    An exact share, as rounded ones could leave containers less on a machine that has more.

    Args:
        usable_mb: what they share with containers, in MiB.
        daemons: how many there are; at least 1.
        most: the heap that is enough for such a daemon, in MiB.
    """
    share = Fraction(usable_mb, 4 * daemons)
    return min(Fraction(most + JVM_OVERHEAD), max(Fraction(LEAST_HEAP + JVM_OVERHEAD), share))


def daemon_heap(memory: Fraction) -> int:
    """The heap of a daemon that takes so much, in MiB."""
    return int(memory) - JVM_OVERHEAD


def container_memory(nodemanager_mb: int, cpus: int) -> int:
    """The memory of an ordinary container, in MiB: two for each processor, and not too small.

    Args:
        nodemanager_mb: what the NodeManager hands out, in MiB.
        cpus: its processors.
    """
    least = next((size for bound, size in _LEAST_CONTAINERS if nodemanager_mb <= bound), LARGEST_CONTAINER)
    share = nodemanager_mb // max(_CONTAINERS, 2 * cpus)
    return in_steps(min(LARGEST_CONTAINER, nodemanager_mb, max(least, share)))


def in_steps(container_mb: int) -> int:
    """As much of a container's memory, in MiB, as YARN need not round up."""
    return container_mb - container_mb % CONTAINER_STEP if container_mb > CONTAINER_STEP else container_mb


def container_heap(container_mb: int) -> int:
    """The heap of a JVM that fills a container, in MiB: a fifth is left to what it needs beside."""
    return container_mb * 4 // 5


def container_around(heap_mb: int) -> int:
    """The container that a JVM with a heap of its own choice fits in, in MiB: :func:`container_heap` turned round."""
    return -(-heap_mb * 5 // 4)


def sort_memory(heap_mb: int) -> int:
    """The buffer in which a map task sorts what it emits, in MiB: half of its heap, and not more than 1 GiB.

    Args:
        heap_mb: of the map task, in MiB.
    """
    return max(1, min(heap_mb // 2, _GIB))
