"""Commands on hosts: list those of an inventory, make one free again."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from serai.engine.cli import host_views
from serai.engine.cli.blocks import Text
from serai.engine.cli.documents import document_of
from serai.engine.cli.options import SeraiGroup, with_session
from serai.engine.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])

INVENTORY_VARIABLE: Final = "SERAI_INVENTORY"
_PROVIDER: Final = "ssh"


def _stock(command: F) -> F:
    """Options that tell which hosts: before a command's name and after it."""
    command = click.option("--provider", metavar="NAME", help=f"Whose hosts.  [default: {_PROVIDER}]")(command)
    help_text = f"The file that lists the hosts.  [default: ${INVENTORY_VARIABLE}]"
    return click.option("--inventory", metavar="FILE", help=help_text)(command)


@click.group(cls=SeraiGroup, invoke_without_command=True)
@_stock
@with_session
def hosts(session: Session, inventory: str | None, provider: str | None) -> None:
    """List the hosts that clusters can be made of.

    What each is like, and which cluster has it; one that does not answer, or that another engine has, says so.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:  # which may go without what was given before its name
        context.default_map = {context.invoked_subcommand: {"inventory": inventory, "provider": provider}}
    else:
        found = session.engine.hosts.list(_infrastructure(inventory, provider))
        session.answer(lambda: document_of(found), lambda: [host_views.listing(found)])


@hosts.command()
@click.argument("name")
@_stock
@with_session
def clean(session: Session, name: str, inventory: str | None, provider: str | None) -> None:
    """Make a host free again that no cluster has.

    What was left running there is ended, what was left lying there is removed, and so are claims of clusters that are
    gone, and of other engines.
    """
    session.engine.hosts.clean(_infrastructure(inventory, provider), name)
    session.answer(lambda: {"name": name, "cleaned": True}, lambda: [Text(f"{name} is free")])


def _infrastructure(inventory: str | None, provider: str | None) -> dict[str, str]:
    """Provider and options, as a cluster's document would have them.

    Raises:
        click.UsageError: an inventory is needed, and none is named.
    """
    provider = provider or _PROVIDER
    inventory = inventory or os.environ.get(INVENTORY_VARIABLE)
    if inventory:
        return {"provider": provider, "inventory": str(Path(inventory).absolute())}
    if provider == _PROVIDER:
        raise click.UsageError(f"which hosts? Name their file: --inventory FILE, or ${INVENTORY_VARIABLE}")
    return {"provider": provider}
