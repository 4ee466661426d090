"""What a check is, and what came of it."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

Finder = Callable[[Any], Iterable[str]]
"""Looks at a plugin, a ``Subject``; gives a sentence for everything that is wrong. What it raises is wrong, too."""


class NotApplicable(Exception):
    """There is nothing for a check to look at, and that is all right; the message says why."""


@frozen
class Check:
    """One thing that must hold of a plugin.

    Attributes:
        name: by which reports and options call it.
        subject: what it is about: the name of its module.
        claim: what must hold, in one sentence.
        fix: what to do where it does not.
        find: looks.
        needs: names of checks that must have passed: without them this one would say the same again.
    """

    name: str
    subject: str
    claim: str
    fix: str
    find: Finder = field(eq=False, repr=False)
    needs: tuple[str, ...] = ()


CHECKS: Final[dict[str, Check]] = {}
"""Every check by name, in the order they are written, which is the order of a cluster's life."""


def check(name: str, *, fix: str, needs: Iterable[str] = ()) -> Callable[[Finder], Finder]:
    """Make a function a check; the first line of its docstring is the claim."""

    def decorate(find: Finder) -> Finder:
        claim = (find.__doc__ or "").partition("\n")[0]
        subject = find.__module__.rpartition(".")[2]
        if name in CHECKS or not claim:
            raise ValueError(f"check {name} exists already, or makes no claim")
        CHECKS[name] = Check(name, subject, claim, fix, find, tuple(needs))
        return find

    return decorate


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    NOT_RUN = "not run"
    """A check that it needs has not passed."""


@frozen
class Result:
    """What came of a check.

    Attributes:
        check: which.
        outcome: what.
        problems: what is wrong, a sentence each.
        reason: why it was not run or is not applicable.
    """

    check: Check
    outcome: Outcome
    problems: tuple[str, ...] = ()
    reason: str = ""

    def __str__(self) -> str:
        head = f"{self.outcome}: {self.check.name}: {self.check.claim}"
        if self.outcome is Outcome.FAILED:
            problems = "".join(f"\n  - {problem}" for problem in self.problems)
            return f"{head}{problems}\n  fix: {self.check.fix}"
        return f"{head} ({self.reason})" if self.reason else head
