"""The command that changes a running cluster: apply."""

import sys
from typing import TYPE_CHECKING, Any

import click

from serai.engine.cli import change_views, cluster_views
from serai.engine.cli.blocks import Block
from serai.engine.cli.documents import document_of
from serai.engine.cli.exits import Exit
from serai.engine.cli.operation_commands import read_spec
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session

if TYPE_CHECKING:
    from serai.engine.applying import ChangePlan
    from serai.hookspec.cluster import Cluster


@click.command(cls=SeraiCommand)
@click.argument("file", metavar="FILE")
@click.option("--plan", "only_plan", is_flag=True, help="Show what would be done, and touch nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@with_session
def apply(session: Session, file: str, only_plan: bool, yes: bool) -> int:
    """Make a running cluster what FILE says.

    Shows what changes, which processes restart in which order, and what is not available meanwhile; asks, and does
    exactly that. FILE describes the cluster as it is to be; - reads it from standard input.
    """
    from serai.engine.cli.following import follow

    spec = read_spec(file)
    clusters = session.engine.clusters
    plan = clusters.plan_changes(spec)
    if only_plan or plan.is_empty:
        _tell(session, plan, None if only_plan else clusters.get(plan.name))
        return Exit.OK
    if not yes and (session.as_json or file == "-" or not session.is_terminal(sys.stdin)):
        raise click.UsageError("there is nobody to ask: --yes does it, --plan only shows it")
    if not session.as_json:
        session.answer(plan.to_dict, lambda: change_views.overview(plan))
    if not yes and not click.confirm(f"\nChange {plan.name}?", err=True):
        session.say("nothing was touched")
        return Exit.FAILED
    _tell(session, plan, follow(session, clusters.apply(spec, plan)))
    return Exit.OK


def _tell(session: Session, plan: "ChangePlan", cluster: "Cluster | None") -> None:
    """Give the result: the plan, and the cluster once it is as planned."""

    def document() -> dict[str, Any]:
        planned = {"plan": plan.to_dict()}
        return planned if cluster is None else {**planned, "cluster": document_of(cluster)}

    def blocks() -> "list[Block]":
        done = cluster is not None and not plan.is_empty
        return list(cluster_views.summary(cluster) if done and cluster is not None else change_views.overview(plan))

    session.answer(document, blocks)
