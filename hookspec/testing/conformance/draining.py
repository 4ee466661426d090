"""Checks of what a drain is proved by: machines go once ``decommission_nodes`` has returned."""

from collections.abc import Iterator
from typing import Final

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.testing.conformance.checks import NotApplicable, check
from serai.hookspec.testing.conformance.scaling import grown, grown_alike
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.fleet import CRASH, HANG, UNREACHABLE, Call, Crash, Fault, garbage
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.documents import plain, put_back

_SPOKEN: Final = frozenset({"http", "run", "get"})
"""Kinds of calls whose answer is a text."""
_QUESTIONS: Final = _SPOKEN | {"status", "runs", "log"}
_ALWAYS: Final = 1 << 30

_GARBAGE: Final = ("<html>502 Bad Gateway</html>", "{}", "[]", "null", "0", "\x00")


@check(
    "drain-asks",
    fix="ask the framework; where instances hold nothing, say keeps_nothing in your Testing",
    needs=["drains"],
)
def drain_asks(subject: Subject) -> Iterator[str]:
    """Before instances are given up, somebody is asked."""
    for example, group in _with_drain(subject):
        if not _asked(subject, example, group):
            yield f"{group}: decommission_nodes returned and had asked nobody"


@check("drain-unanswered", fix="let errors of remote calls through, or wait and give up with one", needs=["drain-asks"])
def drain_unanswered(subject: Subject) -> Iterator[str]:
    """Where nobody answers, nothing is drained."""
    for example, group in _with_drain(subject):
        for fault in (UNREACHABLE, HANG):
            stage, cluster, leaving = grown(subject, example, group)
            stage.fleet.journal.plan(fault, when=lambda host, call: call.kind in _QUESTIONS, times=_ALWAYS)
            if _returns(stage, cluster, leaving):
                yield f"{group}: decommission_nodes returned although every question was {_told(fault)}"


@check(
    "drain-anew",
    fix="keep no word of what was drained, neither in extra nor in files: ask the framework each time",
    needs=["drain-unanswered"],
)
def drain_anew(subject: Subject) -> Iterator[str]:
    """A drain that crashed proves nothing to the next, nor does one of other instances."""
    for example, group in _with_drain(subject):
        stage, cluster, leaving = grown(subject, example, group)
        before = len(stage.fleet.journal.calls)
        stage.decommission_nodes(cluster, leaving)
        total = len(stage.fleet.journal.calls) - before
        stage.remove(cluster, leaving)
        stage.scale_cluster(cluster, stage.grow(cluster, group))
        if _returns_unanswered(stage, cluster, stage.shrink(cluster, group)):
            yield f"{group}: decommission_nodes returned although nobody answered, after others had been drained"
        for number in range(1, total + 1):
            stage, cluster, leaving = grown(subject, example, group)
            kept = plain(cluster)
            if not _crashes(stage, cluster, leaving, number):
                continue
            put_back(cluster, kept)
            if _returns_unanswered(stage, cluster, leaving):
                moment = f"after a crash at call {number} of {total}"
                yield f"{group}: decommission_nodes returned although nobody answered, {moment}"
                break


@check(
    "drain-garbage",
    fix="parse evidence strictly: what is not exactly what you know is no evidence",
    needs=["drain-asks"],
)
def drain_garbage(subject: Subject) -> Iterator[str]:
    """What cannot be read proves no drain."""
    for example, group in _with_drain(subject):
        if not _asked(subject, example, group) & _SPOKEN:
            continue  # what is asked for has no text: the state of a process
        for text in _GARBAGE:
            stage, cluster, leaving = grown(subject, example, group)
            stage.fleet.journal.plan(garbage(text), when=lambda host, call: call.kind in _SPOKEN, times=_ALWAYS)
            if _returns(stage, cluster, leaving):
                yield f"{group}: decommission_nodes returned although every answer was {text!r}"


@check(
    "drain-waits", fix="compare whole addresses, and wait for every instance of those that leave", needs=["drain-asks"]
)
def drain_waits(subject: Subject) -> Iterator[str]:
    """While the framework still holds something on an instance, it is not drained, whatever is said of others."""
    hold = subject.testing.hold
    if hold is None:
        raise NotApplicable("its Testing tells no way to hold an instance")
    for example, group in _with_drain(subject):
        for held in (0, 1):
            stage, cluster, leaving = grown_alike(subject, example, group, number=2, short=held)
            hold(stage.fleet, leaving[held].instance_name)
            if _returns(stage, cluster, leaving):
                address, other = leaving[held].internal_ip, leaving[1 - held].internal_ip
                yield f"{group}: {address} is still being drained, {other} is not, and decommission_nodes returned"


def _with_drain(subject: Subject) -> list[tuple[Cluster, str]]:
    """Clusters and those of their node groups whose instances must be drained."""
    if subject.testing.keeps_nothing:
        raise NotApplicable("its Testing says that no instance holds anything")
    if holding := [each for each in subject.shrinkable if subject.holds_something(*each)]:
        return holding
    raise NotApplicable("no instance that may leave holds anything")


def _asked(subject: Subject, example: Cluster, group: str) -> set[str]:
    """The kinds of questions that are asked while an instance is drained."""
    stage, cluster, leaving = grown(subject, example, group)
    before = len(stage.fleet.journal.calls)
    stage.decommission_nodes(cluster, leaving)
    calls: list[tuple[str, Call]] = stage.fleet.journal.calls[before:]
    return {call.kind for _, call in calls} & _QUESTIONS


def _returns(stage: Stage, cluster: Cluster, leaving: list[Instance]) -> bool:
    try:
        stage.decommission_nodes(cluster, leaving)
    except Exception:  # noqa: BLE001 - whatever it raises, the machines are kept
        return False
    return True


def _returns_unanswered(stage: Stage, cluster: Cluster, leaving: list[Instance]) -> bool:
    stage.fleet.journal.forget_plans()
    stage.fleet.journal.plan(UNREACHABLE, when=lambda host, call: call.kind in _QUESTIONS, times=_ALWAYS)
    return _returns(stage, cluster, leaving)


def _crashes(stage: Stage, cluster: Cluster, leaving: list[Instance], number: int) -> bool:
    """Whether a drain crashes at a call of that number; it has no such call where it got its answer sooner."""
    stage.fleet.journal.plan(CRASH, at=number)
    try:
        stage.decommission_nodes(cluster, leaving)
    except Crash:
        return True
    return False


def _told(fault: Fault) -> str:
    return "refused" if fault is UNREACHABLE else "left without an answer"
