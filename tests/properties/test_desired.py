"""The steps from what a node group has to what is wanted of it, against carrying them out by hand."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.desired import Standing, Steps, steps
from serai.engine.naming import index_of


@st.composite
def standings(draw):
    """A group with some history: its names are in use, quarantined, asked for or gone, each one of these."""
    roles = draw(st.lists(st.sampled_from(["instances", "quarantined", "pending", "used"]), max_size=12))
    order = draw(st.permutations(range(1, len(roles) + 1)))
    names = {role: [f"demo-w-{n}" for n, each in zip(order, roles, strict=True) if each == role] for role in set(roles)}
    lost = draw(st.sets(st.sampled_from([*names.get("instances", ()), *names.get("quarantined", ()), "x"])))
    known = {role: tuple(names.get(role, ())) for role in ("instances", "quarantined", "pending")}
    return Standing("demo", "w", **known, lost=frozenset(lost), used=frozenset(names.get("used", ())))


def carried_out(standing: Standing, done: Steps, *, made: int | None = None) -> Standing:
    """How the group stands after steps; ``made`` of the machines that were asked for exist, and the rest is pending."""
    gone = {*done.forget, *done.give_back, *done.leave, *done.withdraw}
    made = len(done.ask) if made is None else made
    there = {*gone, *done.ask[:made]}
    pending = [name for name in standing.pending if name not in there]
    pending += [name for name in done.ask[made:] if name not in pending]
    return evolve(
        standing,
        instances=(*(name for name in standing.instances if name not in gone), *done.ask[:made]),
        quarantined=tuple(name for name in standing.quarantined if name not in gone),
        pending=tuple(pending),
        lost=standing.lost - gone,
        used=standing.used | gone,
    )


COUNTS = st.integers(0, 15)


@given(COUNTS, standings())
def test_carried_out_the_group_is_as_wanted_and_nothing_is_left_to_do(count, standing):
    """Applying the plan twice changes nothing the second time."""
    after = carried_out(standing, steps(count, standing))
    assert (len(after.instances), after.quarantined, after.pending) == (count, (), ())
    assert not steps(count, after)


@given(COUNTS, standings(), st.data())
def test_cut_short_anywhere_the_rest_leads_to_the_same_end(count, standing, data):
    """Each step may be done for some of its names only: planned anew, what is left is done and nothing else."""
    whole = steps(count, standing)
    some = {name: data.draw(st.integers(0, len(getattr(whole, name)))) for name in ("forget", "give_back", "withdraw")}
    part = {name: getattr(whole, name)[:number] for name, number in some.items()}
    leave = tuple(name for name in whole.leave if data.draw(st.booleans()))
    begun = Steps(**part, leave=leave, ask=whole.ask if data.draw(st.booleans()) else ())
    between = carried_out(standing, begun, made=data.draw(st.integers(0, len(begun.ask))))
    end = carried_out(between, steps(count, between))
    assert set(end.instances) == set(carried_out(standing, whole).instances)


@given(COUNTS, standings())
def test_no_more_leave_than_must_and_the_newest_do(count, standing):
    """An instance whose machine is gone leaves nobody else out; order is kept."""
    planned = steps(count, standing)
    there = [name for name in standing.instances if name not in standing.lost]
    assert len(planned.leave) == max(0, len(there) - count)
    assert (*there[: len(there) - len(planned.leave)], *planned.leave) == tuple(there)
    assert not (planned.leave and planned.ask)
    assert not standing.lost & {*planned.leave, *planned.give_back}


@given(COUNTS, standings())
def test_what_was_asked_for_is_asked_for_again_or_withdrawn(count, standing):
    """Nothing asked for is forgotten, and the oldest of it is asked for first."""
    planned = steps(count, standing)
    again = planned.ask[: len(standing.pending) - len(planned.withdraw)]
    assert (*again, *planned.withdraw) == standing.pending


@given(COUNTS, standings())
def test_names_never_come_back(count, standing):
    """A new machine has a name, and a number higher than any before."""
    planned = steps(count, standing)
    before = {*standing.instances, *standing.quarantined, *standing.pending, *standing.used}
    new = [name for name in planned.ask if name not in standing.pending]
    assert not before & set(new)
    highest = max((index_of(name, "demo", "w") for name in before), default=0)
    assert [index_of(name, "demo", "w") for name in new] == [highest + n for n in range(1, len(new) + 1)]
