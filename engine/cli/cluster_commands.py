"""Commands that look at clusters: ls, show, events, health."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from threading import Event as Waiting
from typing import TYPE_CHECKING, Any, Final

import click

from serai.engine.cli import cluster_views, exits
from serai.engine.cli.blocks import Text
from serai.engine.cli.documents import document_of
from serai.engine.cli.exits import Exit
from serai.engine.cli.lines import line
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session
from serai.engine.operations.explaining import findings
from serai.hookspec.errors import NotFound

if TYPE_CHECKING:
    from serai.engine.clusters import Clusters
    from serai.engine.store.records import OperationRecord
    from serai.hookspec.listening import Event

_NAME = click.argument("name")
_POLL_SECONDS: Final = 0.5


@click.command("ls", cls=SeraiCommand)
@with_session
def ls(session: Session) -> None:
    """List the clusters."""
    clusters = session.engine.clusters.list()
    session.answer(lambda: document_of(clusters), lambda: [cluster_views.listing(clusters, datetime.now(UTC))])


@click.command(cls=SeraiCommand)
@_NAME
@with_session
def show(session: Session, name: str) -> None:
    """Show a cluster.

    Its groups, instances, addresses, what its plugin publishes, and why it failed if it did.
    """
    cluster = session.engine.clusters.get(name)
    operations = session.engine.clusters.operations(name)
    interrupted = bool(session.engine.interrupted(name))

    def document() -> dict[str, Any]:
        last = _operation_document(operations)
        return {**document_of(cluster), "last_operation": last, "interrupted": interrupted}

    session.answer(document, lambda: cluster_views.overview(cluster, operations, interrupted, datetime.now(UTC)))


def _operation_document(operations: "Sequence[OperationRecord]") -> dict[str, Any] | None:
    """The last operation, with what went wrong one place at a time."""
    if not operations:
        return None
    last = operations[-1]
    return {**document_of(last), "findings": document_of(list(findings(last.error))) if last.error else []}


@click.command(cls=SeraiCommand)
@_NAME
@click.option("-f", "--follow", is_flag=True, help="Go on until the cluster is gone, or Ctrl-C.")
@with_session
def events(session: Session, name: str, follow: bool) -> int:
    """Show what happened to a cluster.

    Also to one that is gone. With -f --json, every event is a line of its own.
    """
    clusters = session.engine.clusters
    found = list(clusters.events(name))
    if not found:
        clusters.get(name)  # says that there is none, and which name may have been meant
    if not follow:
        session.answer(lambda: document_of(found), lambda: [Text(line(event)) for event in found])
        return Exit.OK
    try:
        for event in _followed(clusters, name, found):
            print(json.dumps(document_of(event)) if session.as_json else line(event), flush=True)
    except KeyboardInterrupt:  # the usual way to end it
        return Exit.INTERRUPTED
    return Exit.OK


def _followed(clusters: "Clusters", name: str, found: "list[Event]") -> "Iterator[Event]":
    """Events as they come, until the cluster is gone."""
    last = 0
    while True:
        for event in found:
            last = event.sequence
            yield event
        gone = _is_gone(clusters, name)  # before reading: what came until then is read below
        found = list(clusters.events(name, after=last))
        if gone and not found:
            return
        if not found:
            Waiting().wait(_POLL_SECONDS)


def _is_gone(clusters: "Clusters", name: str) -> bool:
    try:
        clusters.get(name)
    except NotFound:
        return True
    return False


@click.command(cls=SeraiCommand)
@_NAME
@with_session
def health(session: Session, name: str) -> int:
    """Look how a cluster is, now.

    Green, yellow or red, each check with its reason; the exit code tells which.
    """
    report = session.engine.clusters.health(name)
    session.answer(lambda: document_of(report), lambda: cluster_views.health(report))
    return exits.of_health(report.color)
