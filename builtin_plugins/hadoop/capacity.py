"""Whether daemons and containers fit the machines, and containers each other."""

from collections.abc import Iterator
from typing import Final

from serai.builtin_plugins.hadoop import quantities
from serai.builtin_plugins.hadoop.processes import NODEMANAGER, RESOURCEMANAGER
from serai.builtin_plugins.hadoop.quantities import config_of, number
from serai.builtin_plugins.hadoop.settings import HEAPS
from serai.builtin_plugins.hadoop.sizing import daemons, hadoop_machines, known_nodemanagers, nodemanagers
from serai.builtin_plugins.leader_workers.machines import Machine
from serai.hookspec.objects import Cluster, Config, NodeGroup, ValidationError
from serai.hookspec.places import config_path

_ASKED_FOR: Final = (quantities.MAP_MEMORY, quantities.REDUCE_MEMORY, quantities.MASTER_MEMORY)
"""The containers that a job of MapReduce asks YARN for."""


def capacity_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """What does not fit, as far as facts are known.

    Args:
        cluster: the cluster as it is to be; the engine may have found faults of its own in it.
    """
    for machine in hadoop_machines(cluster):
        yield from _machine_problems(machine)
    if any(cluster.count_of(process) for process in (RESOURCEMANAGER, NODEMANAGER)):
        yield from _allocation_problems(cluster)
        yield from _task_problems(cluster)


def _machine_problems(machine: Machine) -> Iterator[ValidationError]:
    """Heaps and containers that are more than there is, were nothing else on the machine."""
    parts = [(each.instances, each.heap, f"the {each.process}'s heap") for each in daemons(machine)]
    parts += [
        (each.instances, each.memory or quantities.UNSIZED_NODEMANAGER, "containers") for each in nodemanagers(machine)
    ]
    needed = sum(count * size for count, size, _ in parts)
    if needed <= machine.facts.memory_mb:
        return
    place, config = _largest_part(machine)
    told = " + ".join(f"{count} x {size} for {what}" for count, size, what in parts)
    yield ValidationError(
        config=config,
        error_message=f"Hadoop needs {needed} MiB ({told}) of a machine that has {machine.facts.memory_mb} MiB",
        path=config_path(place, config),
        code="MEMORY_EXCEEDED",
        hint="set lower heap sizes or less memory for containers, have fewer processes there, or take a larger machine",
    )


def _largest_part(machine: Machine) -> tuple[NodeGroup, Config]:
    """The group and the config that matter most to what is needed of a machine."""
    containers = list(nodemanagers(machine))
    if containers:
        group = containers[0].group
        return group, config_of(group.cluster, quantities.NODEMANAGER_MEMORY)
    largest = max(daemons(machine), key=lambda daemon: daemon.instances * daemon.heap)
    return largest.group, HEAPS[largest.process]


def _allocation_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Limits with which a ResourceManager ends at once, or turns NodeManagers away."""
    least_config = config_of(cluster, quantities.LEAST_ALLOCATION)
    largest_config = config_of(cluster, quantities.LARGEST_ALLOCATION)
    least, largest = number(cluster, least_config), number(cluster, largest_config)
    if least is not None and largest is not None and least > largest:
        yield _misfit(
            cluster,
            least_config,
            f"the least container ({least} MiB) is larger than the largest ({largest} MiB)",
            f"set {least_config.name!r} to at most {largest}, or a higher {largest_config.name!r}",
        )
    known = known_nodemanagers(cluster)
    for each in known:
        if least is not None and each.memory is not None and least > each.memory:
            yield _misfit(
                cluster,
                least_config,
                f"the least container ({least} MiB) does not fit NodeManagers of {each.memory} MiB in node group"
                f" {each.group.name}",
                f"set {least_config.name!r} to at most {each.memory}, or a higher {quantities.NODEMANAGER_MEMORY!r}",
            )
    own = quantities.given_number(cluster, quantities.LARGEST_ALLOCATION)
    if own is not None and (room := _most_room(cluster)) is not None and own > room:
        yield _misfit(
            cluster,
            largest_config,
            f"the largest container ({own} MiB) does not fit any NodeManager: the largest has {room} MiB",
            f"set {largest_config.name!r} to at most {room}, or a higher {quantities.NODEMANAGER_MEMORY!r}",
        )


def _task_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """Jobs that YARN would refuse, or that would wait for ever."""
    limits = [number(cluster, config_of(cluster, quantities.LARGEST_ALLOCATION)), _most_room(cluster)]
    most = min((limit for limit in limits if limit is not None), default=None)
    for name in _ASKED_FOR:
        own = quantities.given_size(cluster, name)
        if own is not None and most is not None and own > most:
            yield _misfit(
                cluster,
                config_of(cluster, name),
                f"containers of {own} MiB, as {name} asks for, are more than YARN can give out ({most} MiB)",
                f"set it to at most {most}",
            )


def _most_room(cluster: Cluster) -> int | None:
    """What the largest NodeManager hands out, in MiB; None unless all are known."""
    known = known_nodemanagers(cluster)
    groups = {group.name for group in cluster.groups_with(NODEMANAGER) if group.count}
    sizes = [each.memory for each in known if each.memory is not None]
    complete = groups == {each.group.name for each in known}
    return max(sizes) if sizes and complete else None


def _misfit(cluster: Cluster, config: Config, message: str, hint: str) -> ValidationError:
    return ValidationError(config, message, config_path(cluster, config), "CONTAINER_DOES_NOT_FIT", hint)
