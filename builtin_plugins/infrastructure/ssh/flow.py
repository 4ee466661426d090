"""The cheapest flow through a network of a few nodes: how things of one kind are best shared out."""

from collections.abc import Callable, Hashable
from typing import Final

from attrs import define, field

Price = Callable[[int], int]
"""What one more unit costs where so many flow already; it must not fall as they grow more."""


@define(eq=False)
class Arc:
    """A way from one node to another.

    Attributes:
        tail, head: the nodes.
        capacity: as many units as can flow.
        price: what each costs.
        units: as many as flow.
    """

    tail: Hashable
    head: Hashable
    capacity: int
    price: Price
    units: int = 0


def _nothing(_: int) -> int:
    return 0


@define(eq=False)
class Network:
    """Nodes, and arcs between them."""

    _arcs: list[Arc] = field(factory=list, init=False)

    def add(self, tail: Hashable, head: Hashable, capacity: int, price: Price = _nothing) -> Arc:
        """Add an arc."""
        arc = Arc(tail, head, capacity, price)
        self._arcs.append(arc)
        return arc

    def send(self, source: Hashable, sink: Hashable) -> bool:
        """Send one unit the cheapest way; False when none gets through.

        What was sent before may be rerouted, and still gets through; all of it together costs as little as possible.
        """
        way = self._cheapest(source, sink)
        for arc, step in way:
            arc.units += step
        return bool(way)

    def _cheapest(self, source: Hashable, sink: Hashable) -> list[tuple[Arc, int]]:
        """The arcs of the cheapest way, each with +1 where it is followed and -1 where a unit is taken back."""
        # Bellman and Ford's: taking back has a negative price.
        costs: dict[Hashable, int] = {source: 0}
        reached_by: dict[Hashable, tuple[Arc, int]] = {}
        improved = True
        while improved:
            improved = False
            for arc in self._arcs:
                for step, here, there, cost in _directions(arc):
                    if here in costs and costs[here] + cost < costs.get(there, _FAR):
                        costs[there], reached_by[there] = costs[here] + cost, (arc, step)
                        improved = True
        return _traced(reached_by, source, sink) if sink in costs else []


_FAR: Final = 10**18


def _directions(arc: Arc) -> list[tuple[int, Hashable, Hashable, int]]:
    """How an arc can be used now: the step, from where, to where, at what price."""
    ways: list[tuple[int, Hashable, Hashable, int]] = []
    if arc.units < arc.capacity:
        ways.append((1, arc.tail, arc.head, arc.price(arc.units)))
    if arc.units > 0:
        ways.append((-1, arc.head, arc.tail, -arc.price(arc.units - 1)))
    return ways


def _traced(reached_by: dict[Hashable, tuple[Arc, int]], source: Hashable, sink: Hashable) -> list[tuple[Arc, int]]:
    way: list[tuple[Arc, int]] = []
    node = sink
    while node != source:
        arc, step = reached_by[node]
        way.append((arc, step))
        node = arc.tail if step > 0 else arc.head
    return way
