"""Crashing at each call of what a plugin does, and calling its hooks again."""

from collections.abc import Callable
from textwrap import shorten
from typing import Final, NamedTuple

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.testing.conformance.worlds import differences, varying_files, world
from serai.hookspec.testing.fleet import CRASH, Crash
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.documents import plain, put_back

_SHOWN: Final = 120


class Act(NamedTuple):
    """Something that hooks are called for, and that is yet to be done.

    Attributes:
        stage: where.
        cluster: of what.
        instances: those whose hosts are looked at afterwards.
        calls: the hooks, each of them ready to be called, and called again.
    """

    stage: Stage
    cluster: Cluster
    instances: list[Instance]
    calls: tuple[Callable[[], object], ...]


def unlike_uninterrupted(prepare: Callable[[], Act]) -> list[str]:
    """What is wrong after the first crash after which the end is another one; nothing where there is none.

    Args:
        prepare: makes the same act anew, on hosts of its own.
    """
    acts, calls = [prepare() for _ in range(2)], []
    for act in acts:
        before = len(act.stage.fleet.journal.calls)
        for each in act.calls:
            each()
        calls = [str(call) for _, call in act.stage.fleet.journal.calls[before:]]
    expected, other = (world(act.stage.fleet, act.instances) for act in acts)
    varying = varying_files(expected, other)
    for number, call in enumerate(calls, start=1):
        act = prepare()
        act.stage.fleet.journal.plan(CRASH, at=number)
        moment = f"after a crash at call {number} of {len(calls)} ({shorten(call, _SHOWN)})"
        try:
            for each in act.calls:
                _resumed(act.cluster, each)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return [f"{moment}, it raised {type(error).__name__}: {error}"]
        found = differences(expected, world(act.stage.fleet, act.instances), same_processes=False, varying=varying)
        if problems := [f"{moment}, {what}" for what in found]:
            return problems
    return []


def _resumed(cluster: Cluster, call: Callable[[], object]) -> None:
    """Call a hook; when it crashes, again: what it changed on its cluster was not stored."""
    kept = plain(cluster)
    try:
        call()
    except Crash:
        put_back(cluster, kept)
        call()
