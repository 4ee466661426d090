"""The command that lists machines nobody wants, and removes them when it is told to."""

from typing import TYPE_CHECKING, Any

import click

from serai.engine.cli.blocks import Block, Table, Text
from serai.engine.cli.documents import document_of
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session
from serai.hookspec.errors import SeraiError, briefly

if TYPE_CHECKING:
    from serai.engine.orphans import OrphanReport, Removal

_COLUMNS = ("machine", "name", "provider", "address", "cluster", "token", "since", "why")


@click.command(cls=SeraiCommand)
@click.argument("machines", metavar="[MACHINE]...", nargs=-1)
@click.option("--remove", is_flag=True, help="Remove them, and all they hold.")
@with_session
def orphans(session: Session, machines: tuple[str, ...], remove: bool) -> None:
    """List the machines that providers have and that no cluster wants.

    With --remove they are removed: each MACHINE, by id or name; or without any, those that were made for clusters of
    this store. Others may be another engine's, and go only when they are named.
    """
    if remove:
        _tell_removed(session, session.engine.clusters.remove_orphans(machines))
        return
    if machines:
        raise click.UsageError("machines are named to be removed: serai orphans --remove MACHINE...")
    report = session.engine.clusters.orphans()
    session.answer(lambda: _document(report), lambda: _listing(report))


def _document(report: "OrphanReport") -> dict[str, Any]:
    unasked = {name: error.to_dict() for name, error in report.unasked.items()}
    return {"orphans": document_of(list(report.orphans)), "unasked": unasked}


def _listing(report: "OrphanReport") -> list[Block]:
    rows = [
        (
            each.machine_id,
            each.name,
            each.provider,
            each.address,
            each.cluster_name or each.cluster_id,
            each.client_token,
            f"{each.since:%Y-%m-%d %H:%M:%S} UTC" if each.since else "",
            each.reason,
        )
        for each in report.orphans
    ]
    unasked = [Text(f"provider {name} could not tell: {briefly(error)}") for name, error in report.unasked.items()]
    return [Table(_COLUMNS, rows, empty="no orphans"), *unasked]


def _tell_removed(session: Session, removal: "Removal") -> None:
    """Tell what was removed.

    Raises:
        SeraiError: something is left.
    """
    if removal.left:
        raise SeraiError(
            f"{len(removal.removed)} removed; left: {', '.join(machine for _, machine in removal.left)}",
            code="MACHINES_NOT_REMOVED",
            hint="see why, then try again",
            details={machine: briefly(error) for (_, machine), error in removal.left.items()},
        )
    told = ", ".join(each.name for each in removal.removed) or "nothing"
    session.answer(lambda: {"removed": document_of(list(removal.removed))}, lambda: [Text(f"removed: {told}")])
