"""Topologies: which processes run together, how many times; and the small steps from one topology to another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final

from attrs import evolve, field, frozen

_JUMPS: Final = (1, 2, 4, 8)
"""By how much a step raises a count: what wants an odd number, or ten, is not far."""

_AT_MOST: Final = 64
"""How many of what a hint allows are looked at."""


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


@frozen(order=True)
class Group:
    """Instances that run the same processes.

    Attributes:
        processes: what runs on each, sorted.
        count: how many there are.
    """

    processes: tuple[str, ...] = field(converter=_sorted)
    count: int = 1

    def with_process(self, process: str) -> "Group":
        """The same instances with one process more."""
        return evolve(self, processes=(*self.processes, process))

    def without(self, process: str) -> "Group":
        """The same instances with one process less."""
        return evolve(self, processes=tuple(each for each in self.processes if each != process))


Topology = tuple[Group, ...]
"""The groups of a cluster."""

Hint = Mapping[str | tuple[str, ...], int | Sequence[int]]
"""A topology as an author writes it: ``{"master": 1, ("worker", "shuffle"): range(1, 10)}``: a count, or those that are
allowed, for each process, or for processes that run together."""


def size(topology: Topology) -> tuple[int, int, int]:
    """How large a topology is: instances, groups, processes in them."""
    return (
        sum(group.count for group in topology),
        len(topology),
        sum(len(group.processes) for group in topology),
    )


def instances(topology: Topology) -> int:
    """How many instances a topology has."""
    return size(topology)[0]


def running(topology: Topology) -> set[str]:
    """The processes that some group runs, those of groups without instances among them."""
    return {process for group in topology for process in group.processes}


def canonical(topology: Topology) -> Topology:
    """The same for topologies that differ in order alone."""
    return tuple(sorted(topology))


def replaced(topology: Topology, index: int, *groups: Group) -> Topology:
    """A topology with others in the place of one group."""
    return (*topology[:index], *groups, *topology[index + 1 :])


def simplest(processes: Sequence[str]) -> Iterator[Topology]:
    """Where a search starts: everything on one instance, each process alone, each on an instance of its own."""
    yield (Group(processes),)
    for process in processes:
        yield (Group((process,)),)
    yield tuple(Group((process,)) for process in processes)


def reductions(topology: Topology) -> Iterator[Topology]:
    """Topologies that are a little smaller: a group or an instance less, groups put together, less on them."""
    for index, group in enumerate(topology):
        yield replaced(topology, index)
        for count in {1, group.count - 1} - {0, group.count}:
            yield replaced(topology, index, evolve(group, count=count))
    for index, group in enumerate(topology):
        for other_index, other in enumerate(topology[:index]):
            if other.count == group.count and not set(other.processes) & set(group.processes):
                together = evolve(other, processes=other.processes + group.processes)
                yield replaced(replaced(topology, index), other_index, together)
    for index, group in enumerate(topology):
        if len(group.processes) > 1:
            for process in group.processes:
                yield replaced(topology, index, group.without(process))


def extensions(topology: Topology, processes: Sequence[str]) -> Iterator[tuple[str, Topology]]:
    """Topologies that are a little larger, each with the process of which it has more."""
    for index, group in enumerate(topology):
        for jump in _JUMPS:
            more = replaced(topology, index, evolve(group, count=group.count + jump))
            for process in group.processes:
                yield process, more
        for process in processes:
            if process not in group.processes:
                yield process, replaced(topology, index, group.with_process(process))
    for process in processes:
        for count in (1, 2, 3):
            yield process, (*topology, Group((process,), count))


def steps(topology: Topology, processes: Sequence[str]) -> Iterator[tuple[str, Topology]]:
    """What is one step away, each with the process that it is about."""
    yield from extensions(topology, processes)
    for index, group in enumerate(topology):
        for process in group.processes:
            less = group.without(process)
            yield process, replaced(topology, index, less) if less.processes else replaced(topology, index)
            if group.count > 1:
                yield process, replaced(topology, index, evolve(group, count=group.count - 1))


def hinted(hint: Hint) -> Iterator[Topology]:
    """The topologies that a hint allows, its first counts first; the first few, where they are many."""
    kinds = [(name,) if isinstance(name, str) else tuple(name) for name in hint]
    counts = [(count,) if isinstance(count, int) else tuple(count) for count in hint.values()]
    for chosen in islice(product(*counts), _AT_MOST):
        yield tuple(Group(kind, count) for kind, count in zip(kinds, chosen, strict=True))
