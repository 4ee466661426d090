"""The containers that YARN gives out in a cluster, and those that jobs of MapReduce consist of."""

import re
from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop import formulas, quantities
from serai.builtin_plugins.hadoop.quantities import config_of, given, given_size
from serai.builtin_plugins.hadoop.sizing import known_nodemanagers
from serai.hookspec.objects import Cluster

_LARGEST_HEAP: Final = re.compile(r"(?:^|\s)-Xmx([0-9]{1,12})([kKmMgG]?)(?=\s|$)")
_BYTES: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@frozen
class Jvm:
    """A kind of container with a JVM in it.

    Attributes:
        memory: of the container, in MiB.
        heap: of the JVM, in MiB.
    """

    memory: int
    heap: int


@frozen
class Containers:
    """What is right for a cluster, with what the user gave.

    Attributes:
        least: YARN gives out no less, in MiB.
        largest: and no more, in MiB.
        map: a map task.
        reduce: a reduce task.
        master: a job's application master.
    """

    least: int
    largest: int
    map: Jvm
    reduce: Jvm
    master: Jvm


def containers(cluster: Cluster) -> Containers | None:
    """The containers that are right for a cluster: as small as its smallest NodeManager wants them.

    The largest is what its largest NodeManager hands out: some machine can start it.

    Args:
        cluster: the cluster as it is to be.

    Returns:
        None where nothing is known of what NodeManagers hand out.
    """
    known = [(memory, each.cpus) for each in known_nodemanagers(cluster) if (memory := each.memory or 0) > 0]
    if not known:
        return None
    own_least = given_size(cluster, quantities.LEAST_ALLOCATION)
    largest = given_size(cluster, quantities.LARGEST_ALLOCATION) or max(memory for memory, _ in known)
    ordinary = own_least or min(largest, *(formulas.container_memory(*each) for each in known))
    least = own_least or min(formulas.CONTAINER_STEP, ordinary)
    largest = max(largest, least)
    return Containers(
        least,
        largest,
        map=_jvm(cluster, quantities.MAP_MEMORY, quantities.MAP_OPTIONS, (least, ordinary, largest)),
        reduce=_jvm(cluster, quantities.REDUCE_MEMORY, quantities.REDUCE_OPTIONS, (least, 2 * ordinary, largest)),
        master=_jvm(cluster, quantities.MASTER_MEMORY, quantities.MASTER_OPTIONS, (least, ordinary, largest)),
    )


def _jvm(cluster: Cluster, memory_name: str, options_name: str, sizes: tuple[int, int, int]) -> Jvm:
    """A kind of container, of which the user gave memory, heap, both or none; sizes: least, usual and largest."""
    least, usual, largest = sizes
    own = given_size(cluster, memory_name)
    heap = heap_in(given(cluster, config_of(cluster, options_name)) or "")
    around = usual if heap is None else max(least, formulas.container_around(heap))
    memory = own or min(around, largest)
    return Jvm(memory, formulas.container_heap(memory) if heap is None else heap)


def heap_in(options: str) -> int | None:
    """The heap that options of Java ask for, in MiB; None where they leave it open.

    Args:
        options: such as ``-server -Xmx1g``; the last one counts.
    """
    found = _LARGEST_HEAP.findall(options)
    if not found:
        return None
    number, unit = found[-1]
    return -(-int(number) * _BYTES[unit.lower()] >> 20)
