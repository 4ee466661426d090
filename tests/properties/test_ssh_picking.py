"""Picking hosts, against every assignment there is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.infrastructure.ssh.picking import Demand, Offer, Standing, pick

SOME = at_most(50)  # stocks of hosts take long to make up

GROUPS = ("masters", "workers", "spares")
PROCESSES = ("namenode", "journal")

Picked = Mapping[str, Sequence[str]]


def processes() -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(PROCESSES), max_size=2)


@st.composite
def demands(draw: st.DrawFn) -> list[Demand]:
    groups = draw(st.lists(st.sampled_from(GROUPS), unique=True, max_size=3))
    numbers = st.integers(0, 3)
    return [Demand(group, draw(numbers), draw(st.integers(0, 2)), draw(processes())) for group in groups]


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    fits = st.frozensets(st.sampled_from(GROUPS))
    kinds = draw(st.lists(st.tuples(fits, st.sampled_from(["", "r1", "r2", "r3"]), st.booleans()), max_size=6))
    return [Offer(f"h{number}", *kind) for number, kind in enumerate(kinds)]


def standing() -> st.SearchStrategy[list[Standing]]:
    return st.lists(st.builds(Standing, st.sampled_from(["", "r1", "r2"]), processes()), max_size=3)


def assignments(wanted: Sequence[Demand], free: Sequence[Offer]) -> Iterator[dict[str, tuple[Offer, ...]]]:
    """Every way to give each demand as many hosts as it wants, no more silent ones than it spares."""
    if not wanted:
        yield {}
        return
    demand, *others = wanted
    fitting = [offer for offer in free if demand.group in offer.fits]
    for chosen in combinations(fitting, demand.count):
        if sum(not offer.answers for offer in chosen) <= demand.spare:
            for rest in assignments(others, [offer for offer in free if offer not in chosen]):
                yield {demand.group: chosen, **rest}


def silent(assignment: Mapping[str, Sequence[Offer]]) -> int:
    return sum(not offer.answers for hosts in assignment.values() for offer in hosts)


def crowding(hosts: Sequence[Offer]) -> int:
    """How uneven the racks are: the sum of the squares."""
    return sum(count**2 for count in Counter(offer.rack for offer in hosts if offer.answers).values())


def as_offers(picked: Picked, free: Sequence[Offer]) -> dict[str, list[Offer]]:
    by_name = {offer.host: offer for offer in free}
    return {group: [by_name[host] for host in hosts] for group, hosts in picked.items()}


@given(demands(), offers(), standing())
@SOME
def test_what_is_picked_is_what_was_wanted(wanted, free, there):
    """No host twice, each fits its group, no more than wanted, and no more silent ones than the group spares."""
    picked = as_offers(pick(wanted, free, there), free)
    assert picked.keys() == {demand.group for demand in wanted}
    hosts = [offer.host for offers in picked.values() for offer in offers]
    assert len(hosts) == len(set(hosts))
    for demand in wanted:
        given_to = picked[demand.group]
        assert len(given_to) <= demand.count
        assert all(demand.group in offer.fits for offer in given_to)
        assert sum(not offer.answers for offer in given_to) <= demand.spare


@given(demands(), offers(), standing())
@SOME
def test_an_assignment_is_found_if_there_is_one(wanted, free, there):
    """And only then; with as few silent hosts as there can be."""
    picked = as_offers(pick(wanted, free, there), free)
    possible = list(assignments(wanted, free))
    assert all(len(picked[demand.group]) == demand.count for demand in wanted) == bool(possible)
    if possible:
        assert silent(picked) == min(map(silent, possible))


@given(demands(), offers())
@SOME
def test_where_not_all_can_be_given_as_many_are_as_can(wanted, free):
    """No smaller demand that could be met would give more."""
    found = sum(map(len, pick(wanted, free).values()))
    best = 0
    for counts in smaller(wanted):
        if sum(demand.count for demand in counts) > best and any(assignments(counts, free)):
            best = sum(demand.count for demand in counts)
    assert found == best


def smaller(wanted: Sequence[Demand]) -> Iterator[list[Demand]]:
    if not wanted:
        yield []
        return
    demand, *others = wanted
    for count in range(demand.count + 1):
        for rest in smaller(others):
            yield [Demand(demand.group, count, demand.spare, demand.apart), *rest]


@given(st.integers(0, 5), st.integers(0, 2), offers())
@SOME
def test_a_group_is_spread_over_racks_as_evenly_as_can_be(count, spare, free):
    """However many of its hosts the racks have."""
    demand = Demand("masters", count, spare, frozenset({"namenode"}))
    picked = as_offers(pick([demand], free), free)
    possible = [each for each in assignments([demand], free) if silent(each) == silent(picked)]
    if possible:
        assert crowding(picked["masters"]) == min(crowding(each["masters"]) for each in possible)


@given(st.lists(st.sampled_from(["r1", "r2", "r3"]), max_size=8), st.lists(st.sampled_from(["r1", "r2"]), max_size=3))
@SOME
def test_racks_with_hosts_of_the_cluster_are_filled_last(racks, taken):
    """A group that grows becomes even as a whole, as far as it can."""
    free = [Offer(f"h{number}", frozenset({"masters"}), rack) for number, rack in enumerate(racks)]
    apart = frozenset({"namenode"})
    picked = as_offers(pick([Demand("masters", 2, 0, apart)], free, [Standing(rack, apart) for rack in taken]), free)

    def whole(hosts: Sequence[Offer]) -> int:
        return sum(count**2 for count in Counter([*taken, *(offer.rack for offer in hosts)]).values())

    if len(free) >= 2:
        assert whole(picked["masters"]) == min(whole(pair) for pair in combinations(free, 2))


@given(demands(), offers(), standing())
@SOME
def test_the_same_is_picked_whenever_it_is_asked(wanted, free, there):
    """Nothing is left to chance."""
    assert pick(wanted, free, there) == pick(wanted, free, there)


@given(demands(), offers(), st.randoms())
@SOME
def test_the_order_of_hosts_decides_between_equals_alone(wanted, free, random):
    """As many are found of each kind of host, whatever stands first."""
    mixed = list(free)
    random.shuffle(mixed)
    one, other = as_offers(pick(wanted, free), free), as_offers(pick(wanted, mixed), mixed)
    assert sum(map(len, one.values())) == sum(map(len, other.values()))
    assert silent(one) == silent(other)


@given(st.integers(1, 6))
def test_of_hosts_that_are_alike_the_first_are_taken(count):
    """In the order of the inventory."""
    free = [Offer(f"h{number}", frozenset({"workers"}), "r1") for number in range(6)]
    assert pick([Demand("workers", count)], free)["workers"] == tuple(f"h{number}" for number in range(count))


def test_groups_that_run_one_process_are_spread_together():
    """Three groups of one with a process to be kept apart stand in three racks."""
    apart = frozenset({"journal"})
    free = [Offer(f"h{number}", frozenset(GROUPS), f"r{number // 2}") for number in range(6)]
    picked = as_offers(pick([Demand(group, 1, 0, apart) for group in GROUPS], free), free)
    assert {hosts[0].rack for hosts in picked.values()} == {"r0", "r1", "r2"}


def test_many_hosts_are_picked_fast():
    """A thousand of a thousand, in forty racks."""
    free = [Offer(f"h{number}", frozenset({"workers"}), f"r{number % 40}") for number in range(1000)]
    picked = pick([Demand("workers", 1000, 0, frozenset({"worker"}))], free)
    assert len(picked["workers"]) == 1000
