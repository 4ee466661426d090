"""The command that stops an operation, whichever process runs it."""

import time
from typing import TYPE_CHECKING, Any, Final

import click

from serai.engine.cli.blocks import Text
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session
from serai.hookspec.errors import ClusterBusy, WrongStatus

if TYPE_CHECKING:
    from serai.engine.engine import Engine
    from serai.engine.store.records import OperationRecord

_PATIENCE: Final = 120.0
"""Seconds: time for the other process to notice, or for its lease to run out, and to finish what is begun."""

_POLL_SECONDS: Final = 0.5


@click.command(cls=SeraiCommand)
@click.argument("name")
@with_session
def cancel(session: Session, name: str) -> None:
    """Stop what is at work on a cluster.

    Whichever process runs it, as Ctrl-C does there: what is begun is finished, and what is left is told.
    """
    asked = session.engine.clusters.cancel(name)
    session.say(f"asked {asked.kind} {name} to stop: what is begun is finished")
    ended = _ended(session.engine, asked)
    if ended.status != "cancelled":
        raise WrongStatus(
            f"{ended.kind} {name} ended before it could be stopped: it {ended.status}",
            code="NOTHING_TO_CANCEL",
            place=name,
            hint=f"see what is there: serai show {name}",
        )
    left: list[str] = (ended.error or {}).get("details", {}).get("machines", [])
    session.answer(lambda: _document(ended, left), lambda: [Text(_told(ended, left))])


def _ended(engine: "Engine", asked: "OperationRecord") -> "OperationRecord":
    """The operation when it has ended: in its process, or here when that turns out to be gone."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        records = engine.clusters.operations(asked.cluster_name)
        record = next(each for each in records if each.id == asked.id)
        if record.status.is_final:
            return record
        if time.monotonic() > deadline:
            raise ClusterBusy(
                f"{asked.kind} {asked.cluster_name} has not stopped within {_PATIENCE:g} s; it will, once it notices",
                place=asked.cluster_name,
                hint=f"to end the cluster now: serai down {asked.cluster_name} --force",
            )
        engine.resume(asked.cluster_name)
        time.sleep(_POLL_SECONDS)


def _document(ended: "OperationRecord", left: list[str]) -> dict[str, Any]:
    return {
        "operation": ended.id,
        "kind": ended.kind,
        "cluster": ended.cluster_name,
        "phase": ended.phase,
        "left": left,
    }


def _told(ended: "OperationRecord", left: list[str]) -> str:
    name = ended.cluster_name
    where = f" in {ended.phase}" if ended.phase else " before it began"
    machines = "".join(f"\n  {machine}" for machine in left) or " nothing"
    next_steps = f"go on: serai retry {name}    remove: serai down {name}"
    return f"{ended.kind} {name} was stopped{where}; left:{machines}\n{next_steps}"
