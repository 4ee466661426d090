"""Finding what a stack accepts without knowing its rules: by what it complains of."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Any

from attrs import frozen

from serai.hookspec.configs import ValidationError
from serai.hookspec.testing.strategies.judgement import kind_of, names_in
from serai.hookspec.testing.strategies.topology import (
    Topology,
    canonical,
    instances,
    reductions,
    running,
    size,
    steps,
)

Judge = Callable[[Topology], Sequence[ValidationError]]
"""Tells what is wrong with a topology."""


@frozen
class Found:
    """What a search came to.

    Attributes:
        topology: one that is accepted; the one nearest to it where none was found.
        complaints: what is wrong with it; empty when it is accepted.
    """

    topology: Topology
    complaints: tuple[ValidationError, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether it is one that is accepted."""
        return bool(self.topology) and not self.complaints


def search(
    starts: Iterable[Topology], processes: Sequence[str], judge: Judge, *, most: int, budget: int, of: str = ""
) -> Found:
    """Look for a topology that is accepted, the way of the fewest complaints first.

    A kind of complaint that came up often counts as several: the search leaves where it makes no progress. Steps that
    are about a process which the complaints name are tried before others.

    Args:
        starts: where from.
        processes: all processes there are.
        judge: says what is wrong.
        most: the largest number of instances.
        budget: how many topologies are judged.
        of: a process that must be there; ``""`` for any.
    """
    waiting: list[tuple[Any, ...]] = []
    known: set[Topology] = set()
    serial, seen = count(), Counter[Any]()

    def offer(score: int, stray: bool, topology: Topology) -> None:
        form = canonical(topology)
        if topology and form not in known and instances(form) <= most and (not of or of in running(form)):
            known.add(form)
            heappush(waiting, (score, stray, size(form), next(serial), topology))

    for start in starts:
        offer(0, False, start)
    nearest: Found | None = None
    for _ in range(budget):
        if not waiting:
            break
        topology = heappop(waiting)[-1]
        found = Found(topology, tuple(judge(topology)))
        if not found.complaints:
            return found
        if nearest is None or len(found.complaints) < len(nearest.complaints):
            nearest = found
        seen[kind := kind_of(found.complaints)] += 1
        named = names_in(found.complaints, processes)
        for process, step in steps(topology, processes):
            offer(len(found.complaints) + seen[kind], process not in named, step)
    return nearest or Found((), ())


def smallest(topology: Topology, is_right: Callable[[Topology], bool]) -> Topology:
    """What remains of a topology when nothing more can be taken from it.

    Args:
        topology: one that is right.
        is_right: whether a smaller one still is.
    """
    while True:
        smaller = next((each for each in reductions(topology) if each and is_right(each)), None)
        if smaller is None:
            return topology
        topology = smaller
