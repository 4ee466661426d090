"""Commands that change clusters: up, plan, scale, retry, down."""

import sys
from typing import TYPE_CHECKING, Any

import click

from serai.engine.cli import arguments, cluster_views
from serai.engine.cli.blocks import Block, Text
from serai.engine.cli.documents import document_of
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session

if TYPE_CHECKING:
    from serai.engine.spec import ClusterSpec
    from serai.hookspec.cluster import Cluster

_FILE = click.argument("file", metavar="FILE")
_NAME = click.argument("name")


@click.command(cls=SeraiCommand)
@_FILE
@with_session
def up(session: Session, file: str) -> None:
    """Make a cluster, and wait until it is Active.

    FILE describes it, in YAML or JSON; - reads it from standard input. Ctrl-C cancels, and tells what is left.
    """
    from serai.engine.cli.following import follow

    cluster = follow(session, session.engine.clusters.create(read_spec(file)))
    _tell_cluster(session, cluster)
    session.say(f"\nsee it: serai show {cluster.name}    remove it: serai down {cluster.name}")


@click.command(cls=SeraiCommand)
@_FILE
@click.option("--all", "every_default", is_flag=True, help="Values, too, that nobody chose and few look at.")
@with_session
def plan(session: Session, file: str, every_default: bool) -> None:
    """Show what 'up' would do, and touch nothing.

    Every mistake in FILE; or, when there is none, the values with where they come from, and the instances, ports and
    processes.
    """
    from serai.engine.cli import plan_views

    planned = session.engine.clusters.plan(read_spec(file))
    session.answer(lambda: planned.to_dict(), lambda: plan_views.overview(planned, every_default=every_default))


@click.command(cls=SeraiCommand)
@_NAME
@click.argument("groups", metavar="GROUP=COUNT...", nargs=-1, required=True)
@with_session
def scale(session: Session, name: str, groups: tuple[str, ...]) -> None:
    """Change how many instances node groups have.

    For example: serai scale demo workers=5
    """
    from serai.engine.cli.following import follow

    try:
        counts = arguments.counts(groups)
    except arguments.Misread as error:
        raise click.BadArgumentUsage(str(error)) from error
    _tell_cluster(session, follow(session, session.engine.clusters.scale(name, counts)))


@click.command(cls=SeraiCommand)
@_NAME
@with_session
def retry(session: Session, name: str) -> None:
    """Go on with an operation where it stopped.

    The last operation on the cluster, when it failed, was interrupted, or its process was killed.
    """
    from serai.engine.cli.following import follow

    cluster = follow(session, session.engine.clusters.retry(name))
    if cluster is None:
        _tell_gone(session, name)
    else:
        _tell_cluster(session, cluster)


@click.command(cls=SeraiCommand)
@_NAME
@click.option(
    "--force",
    is_flag=True,
    help="End it also when it is protected or machines cannot be removed, and tell which are left.",
)
@with_session
def down(session: Session, name: str, force: bool) -> None:
    """Remove a cluster, its machines and all on them."""
    from serai.engine.cli.following import follow

    follow(session, session.engine.clusters.delete(name, force=force))
    _tell_gone(session, name)


def read_spec(file: str) -> "ClusterSpec":
    """The document of a file, or of standard input for ``-``."""
    from serai.engine import ClusterSpec
    from serai.engine.documents.files import read_text

    if file == "-":
        return ClusterSpec.from_text(read_text(sys.stdin.buffer, "standard input"))
    return ClusterSpec.from_file(file)


def _tell_cluster(session: Session, cluster: "Cluster") -> None:
    session.answer(lambda: document_of(cluster), lambda: cluster_views.summary(cluster))


def _tell_gone(session: Session, name: str) -> None:
    operations = session.engine.clusters.operations(name)
    left: list[str] = operations[-1].state.get("left", []) if operations else []
    document: dict[str, Any] = {"name": name, "deleted": True, "left": left}
    told: list[Block] = [Text(f"{name} is gone")]
    if left:
        told.append(Text("perhaps left, see what became of them:\n" + "\n".join(f"  {machine}" for machine in left)))
    session.answer(lambda: document, lambda: told)
