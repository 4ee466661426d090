"""The command that goes on with what was interrupted."""

from typing import TYPE_CHECKING, Any

import click

from serai.engine.cli.blocks import Text
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session
from serai.engine.store.records import busy
from serai.hookspec.errors import OperationCancelled, SeraiError

if TYPE_CHECKING:
    from serai.engine.operations.operation import Operation


@click.command(cls=SeraiCommand)
@click.argument("name", required=False)
@with_session
def resume(session: Session, name: str | None) -> None:
    """Go on with operations that were interrupted.

    Those whose process was killed, or whose store was away for too long: on the cluster NAME, or on all clusters. Each
    goes on from the phase that it was in. One that failed was not interrupted: see 'serai retry'.
    """
    resumed = session.engine.resume(name)
    if name is not None and not resumed:
        _refuse_if_busy(session, name)
    _follow_all(session, resumed)
    what = [{"operation": each.id, "kind": each.kind, "cluster": each.cluster_name} for each in resumed]
    told = "\n".join(f"{each.kind} {each.cluster_name} is done" for each in resumed) or "nothing was interrupted"
    session.answer(lambda: {"resumed": what}, lambda: [Text(told)])


def _refuse_if_busy(session: Session, name: str) -> None:
    session.engine.clusters.get(name)  # or there is none of that name
    for record in session.engine.clusters.operations(name):
        if not record.status.is_final:
            raise busy(record)


def _follow_all(session: Session, operations: "list[Operation[Any]]") -> None:
    """Follow them one by one, to the last one's end whatever becomes of the others; the first failure is told then."""
    from serai.engine.cli.following import follow

    failures: list[SeraiError] = []
    for operation in operations:
        try:
            follow(session, operation)
        except OperationCancelled:
            raise
        except SeraiError as error:
            failures.append(error)
    if failures:
        raise failures[0]
