"""Trying a claim with many examples, and telling the simplest for which it does not hold."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

_SETTINGS: Final = settings(
    database=None,
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


class _Falsified(Exception):
    """A claim does not hold of an example."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems


def falsified(strategy: SearchStrategy[T], claim: Callable[[T], Iterable[str]], examples: int) -> list[str]:
    """What is wrong with the simplest example of which a claim does not hold; nothing when it holds of all.

    Args:
        strategy: draws examples; the same each time.
        claim: gives a sentence for everything that is wrong with an example.
        examples: how many are tried.

    Raises:
        Exception: what the claim raises.
    """

    @settings(_SETTINGS, max_examples=examples)
    @given(strategy)
    def attempt(example: Any) -> None:
        if problems := list(claim(example)):
            raise _Falsified(problems)

    try:
        attempt()
    except _Falsified as found:
        return found.problems
    return []


def first_with(strategy: SearchStrategy[T], wanted: Callable[[T], object]) -> T | None:
    """An example of some kind, the first that comes; None where none does."""
    few = settings(_SETTINGS, max_examples=30, phases=(Phase.generate,))
    try:
        return find(strategy, lambda each: bool(wanted(each)), settings=few)
    except NoSuchExample:
        return None
