"""The check of what a plugin makes of calls that fail."""

from collections.abc import Iterator
from typing import Final

from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.worlds import World, differences, varying_files, world
from serai.hookspec.testing.fleet import DISK_FULL, UNREACHABLE, Call, Fault
from serai.hookspec.testing.stage import Stage

_WRITES: Final = frozenset({"put", "upload"})


@check(
    "failures-told",
    fix="let errors of calls through; catch those alone that you can make good, and then look whether you did",
    needs=["resumes"],
)
def failures_told(subject: Subject) -> Iterator[str]:
    """Wherever a call fails, making the cluster fails, or comes to the same end."""
    (expected, calls), (other, _) = _made(subject), _made(subject)
    varying = varying_files(expected, other)
    for number, call in enumerate(calls, start=1):
        fault = DISK_FULL if call.kind in _WRITES else UNREACHABLE
        found = _with_fault(subject, fault, number)
        if found is None:
            continue  # it failed, and said so
        if problems := list(differences(expected, found, same_processes=False, varying=varying)):
            told = f"call {number} of {len(calls)} ({call}) failed, and nobody was told"
            yield from (f"{told}: {problem}" for problem in problems)
            return


def _made(subject: Subject) -> tuple[World, list[Call]]:
    stage = subject.stage()
    cluster = stage.cluster(subject.smallest)
    stage.create(cluster)
    return world(stage.fleet, cluster.instances), [call for _, call in stage.fleet.journal.calls]


def _with_fault(subject: Subject, fault: Fault, number: int) -> World | None:
    """What hosts hold where one call fails; None where making the cluster does."""
    stage: Stage = subject.stage()
    cluster = stage.cluster(subject.smallest)
    stage.fleet.journal.plan(fault, at=number)
    try:
        stage.create(cluster)
    except Exception:  # noqa: BLE001 - whatever it raises, it is told
        return None
    return world(stage.fleet, cluster.instances)
