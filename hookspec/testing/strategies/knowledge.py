"""What was learned of a stack by asking it: topologies that it accepts, small ones, and one for each process."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from attrs import frozen

from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.judgement import judged
from serai.hookspec.testing.strategies.offer import KEPT, Offer, Same
from serai.hookspec.testing.strategies.search import Found, search, smallest
from serai.hookspec.testing.strategies.topology import Group, Hint, Topology, hinted, instances, running, simplest, size

BUDGET: Final = 2000
"""How many topologies are judged until one is found, or none."""

_BUDGET_OF_A_PROCESS: Final = 500
"""How many for one more process."""

_TOLD: Final = 5


class NoValidTopology(SeraiError):
    """No topology was found that a stack accepts. The message has the stack's own complaints about the nearest one."""

    code = "NO_VALID_TOPOLOGY"


@frozen
class Knowledge:
    """What a stack is known to accept.

    Attributes:
        topologies: small ones, the smallest first; together they have every process for which one was found.
        nearest: where there are none, what comes nearest, and what is wrong with it.
    """

    topologies: tuple[Topology, ...]
    nearest: Found = Found((), ())

    def within(self, most: int) -> tuple[Topology, ...]:
        """The topologies with at most so many instances.

        Raises:
            NoValidTopology: there are none.
        """
        if fitting := tuple(each for each in self.topologies if instances(each) <= most):
            return fitting
        if self.topologies:
            least = instances(self.topologies[0])
            raise NoValidTopology(f"the smallest topology has {least} instances", hint=f"allow max_instances={least}")
        raise _not_found(self.nearest)


def learned(offer: Offer, facts: Facts | None, topologies: Sequence[Hint], most: int) -> Knowledge:
    """What a stack accepts; found out once for each stack, version, and what else is given.

    Args:
        offer: the stack.
        facts: what all machines are like; None when not known.
        topologies: what its author says it accepts, in the place of a search.
        most: the largest number of instances.
    """
    hints = tuple(tuple((key, _counts(value)) for key, value in hint.items()) for hint in topologies)
    return _learned(Same(offer), facts, hints, most)


def _counts(value: int | Sequence[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


@lru_cache(maxsize=KEPT)
def _learned(same: Same, facts: Facts | None, hints: tuple[Any, ...], most: int) -> Knowledge:
    offer: Offer = same.it

    @cache
    def judge(topology: Topology) -> tuple[ValidationError, ...]:
        return judged(offer, Draft(topology, facts=(facts,) * len(topology)))

    if hints:
        return _from_hints([dict(hint) for hint in hints], judge)
    first = search(simplest(offer.processes), offer.processes, judge, most=most, budget=BUDGET)
    if not first.is_accepted:
        return Knowledge((), first)
    base = smallest(first.topology, lambda each: not judge(each))
    return Knowledge(tuple(sorted({base, *_covering(offer, base, judge, most)}, key=size)))


def _from_hints(hints: Sequence[Hint], judge: Callable[[Topology], tuple[ValidationError, ...]]) -> Knowledge:
    found = [Found(topology, judge(topology)) for hint in hints for topology in hinted(hint)]
    accepted = {each.topology for each in found if each.is_accepted}
    if not accepted:
        return Knowledge((), min(found, key=lambda each: len(each.complaints), default=Found((), ())))
    return Knowledge(tuple(sorted(accepted, key=size)))


def _covering(
    offer: Offer, base: Topology, judge: Callable[[Topology], tuple[ValidationError, ...]], most: int
) -> list[Topology]:
    """For each process that is in none yet the smallest topology that has it, as far as one is found."""
    found: list[Topology] = []
    for process in offer.processes:
        if any(process in running(each) for each in (base, *found)):
            continue
        starts = [(*base, Group((process,))), *((base[0].with_process(process), *base[1:]),), (Group((process,)),)]
        budget = _BUDGET_OF_A_PROCESS
        answer = search(starts, offer.processes, judge, most=most, budget=budget, of=process)
        if answer.is_accepted:
            found.append(smallest(answer.topology, _is_right(process, judge)))
    return found


def _is_right(process: str, judge: Callable[[Topology], tuple[ValidationError, ...]]) -> Callable[[Topology], bool]:
    return lambda topology: process in running(topology) and not judge(topology)


def _not_found(nearest: Found) -> NoValidTopology:
    shown = ", ".join(f"{group.count} x [{', '.join(group.processes)}]" for group in nearest.topology)
    told = "".join(f"\n  {each}" for each in nearest.complaints[:_TOLD])
    more = len(nearest.complaints) - _TOLD
    return NoValidTopology(
        f"no topology was found that validate accepts; of the nearest, {shown or 'none at all'}, it says:{told}"
        + (f"\n  and {more} more" if more > 0 else ""),
        hint="tell one that it accepts: clusters(stack, topologies=[{'master': 1, 'worker': range(1, 5)}])",
        details={"complaints": [each.to_dict() for each in nearest.complaints]},
    )
