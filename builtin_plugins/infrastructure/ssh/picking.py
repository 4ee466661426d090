"""Which hosts node groups get: an assignment whenever there is one, spread over the racks as evenly as it can be."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh.flow import Arc, Network

_SINK: Final = "sink"


@frozen
class Demand:
    """What a node group wants.

    Attributes:
        group: the node group's name.
        count: as many hosts.
        spare: as many of them as may be hosts that do not answer.
        apart: processes on each of its hosts that are kept apart, so that it is spread over the racks.
    """

    group: str
    count: int
    spare: int = 0
    apart: frozenset[str] = frozenset()


@frozen
class Offer:
    """A host that is free.

    Attributes:
        host: its name.
        fits: the node groups it is good for.
        rack: where it stands.
        answers: whether it can be reached.
    """

    host: str
    fits: frozenset[str]
    rack: str = ""
    answers: bool = True


@frozen
class Standing:
    """A host that the cluster has already.

    Attributes:
        rack: where it stands.
        apart: processes on it that are kept apart.
    """

    rack: str
    apart: frozenset[str]


def pick(
    demands: Sequence[Demand], offers: Sequence[Offer], standing: Sequence[Standing] = ()
) -> dict[str, tuple[str, ...]]:
    """Choose hosts for node groups.

    As many are given as can be at all, no host twice; as few as possible of those that do not answer, and of no group
    more than it can spare; the hosts of each group that is kept apart stand in as different racks as they can. Of hosts
    that are alike the earlier groups get the earlier ones.

    Args:
        demands: what is wanted; no group twice.
        offers: what is free; no host twice.
        standing: what the cluster has already.

    Returns:
        Hosts by node group, those that do not answer last; fewer than wanted where there are no more.
    """
    shelves = _shelves(offers, by_rack=any(demand.apart for demand in demands))
    network = Network()
    for shelf, hosts in shelves.items():
        network.add(shelf, _SINK, len(hosts))
    taken: dict[str, dict[Offer, Arc]] = {}
    there = list(standing)
    dear = 4 * (len(offers) + len(standing) + 1) ** 2
    for demand in demands:
        taken[demand.group] = _connect(network, demand, shelves, there, dear)
        for _ in range(demand.count):
            if not network.send(demand.group, _SINK):
                break
        given = [shelf for shelf, arc in taken[demand.group].items() for _ in range(arc.units)]
        there += [Standing(shelf.rack, demand.apart) for shelf in given if shelf.answers]
    stock = {shelf: iter(hosts) for shelf, hosts in shelves.items()}
    order = {offer.host: (not offer.answers, index) for index, offer in enumerate(offers)}
    picked: dict[str, tuple[str, ...]] = {}
    for group, arcs in taken.items():
        hosts = [host for shelf, arc in arcs.items() for host in islice(stock[shelf], arc.units)]
        picked[group] = tuple(sorted(hosts, key=order.__getitem__))
    return picked


def _shelves(offers: Iterable[Offer], *, by_rack: bool) -> dict[Offer, list[str]]:
    """Hosts that are alike but for their names, together: there are few kinds, however many hosts."""
    shelves: dict[Offer, list[str]] = {}
    for offer in offers:
        kind = Offer("", offer.fits, offer.rack if by_rack else "", offer.answers)
        shelves.setdefault(kind, []).append(offer.host)
    return shelves


def _connect(
    network: Network, demand: Demand, shelves: Iterable[Offer], standing: Sequence[Standing], dear: int
) -> dict[Offer, Arc]:
    """Lay the ways from a node group to the shelves that fit it, through its racks where it is to be spread."""
    arcs: dict[Offer, Arc] = {}
    gates: set[tuple[str, str, str]] = set()
    for shelf in shelves:
        if demand.group not in shelf.fits:
            continue
        gate = (demand.group, "rack", shelf.rack) if shelf.answers else (demand.group, "silent", "")
        if gate not in gates:
            gates.add(gate)
            if not shelf.answers:
                network.add(demand.group, gate, demand.spare, lambda _: dear)
            else:
                near = sum(shelf.rack == each.rack and bool(demand.apart & each.apart) for each in standing)
                network.add(demand.group, gate, demand.count, partial(_crowding, near) if demand.apart else _free)
        arcs[shelf] = network.add(gate, shelf, demand.count)
    return arcs


def _crowding(near: int, units: int) -> int:
    """What the next host in a rack costs: the sum of the squares of hosts in each rack is least when they are even."""
    return 2 * (near + units) + 1


def _free(_: int) -> int:
    return 0
