"""The commands of plugin: for those who write one."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

import click

from serai.engine.cli import arguments, conformance_views
from serai.engine.cli.blocks import Block, Fields
from serai.engine.cli.exits import Exit
from serai.engine.cli.new_plugin import PluginName, package_files, write_package
from serai.engine.cli.options import SeraiGroup, with_session
from serai.engine.cli.session import Session
from serai.hookspec.errors import SeraiError, Unsupported
from serai.hookspec.semantics import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serai.engine.listing import Plugins
    from serai.hookspec.testing.conformance import Report

_KIT: Final = "hypothesis"
"""What the suite needs beside Serai."""


@click.group(cls=SeraiGroup)
def plugin() -> None:
    """Write a plugin: begin one, prove it."""


@plugin.command()
@click.argument("name")
@click.option(
    "--directory",
    metavar="PATH",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where it is written; nothing may be there yet.  [default: serai-NAME]",
)
@with_session
def new(session: Session, name: str, directory: Path | None) -> None:
    """Write a package for a provisioning plugin called NAME.

    It is whole: a small framework of its own, which runs as it is, with tests. Put yours in its place.
    """
    chosen = PluginName.read(name)
    _demand_free(chosen)
    folder = directory or Path(chosen.distribution)
    content = package_files(chosen)
    write_package(folder, content)
    steps = (f"cd {quote(str(folder))}", "pip install --editable '.[test]'", "pytest", "serai up cluster.yaml")

    def blocks() -> Iterator[Block]:
        yield Fields([("directory", str(folder)), ("files", "\n".join(content)), ("next", "\n".join(steps))])

    session.answer(
        lambda: {"name": chosen.text, "directory": str(folder), "files": list(content), "next": list(steps)}, blocks
    )


def _demand_free(name: PluginName) -> None:
    """Raises SeraiError when a plugin of that name is installed: two cannot be told apart."""
    from serai.engine.plugins.discovery import installed

    found = installed()
    for candidate in (*found[Role.PROVISIONING], *found[Role.AUXILIARY]):
        if candidate.name == name.text and candidate.distribution != name.distribution:
            raise SeraiError(
                f"there is a plugin {name.text} already: that of {candidate.distribution}",
                code="PLUGIN_EXISTS",
                hint="choose another name: plugins of one name cannot be told apart",
            )


@plugin.command()
@click.argument("name")
@click.option("--with", "auxiliaries", default="", metavar="NAME,NAME", help="Together with these auxiliary plugins.")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many clusters each property is tried with.",
)
@click.option("--only", multiple=True, metavar="CHECK", help="Only this check, and what it needs; may be repeated.")
@with_session
def check(session: Session, name: str, auxiliaries: str, examples: int, only: tuple[str, ...]) -> Exit:
    """Look at the installed provisioning plugin NAME in every way there is, without a machine.

    Tells what is wrong with it, and what to do; fails when anything is. An auxiliary plugin is looked at together with
    one that it extends: serai plugin check spark --with NAME.
    """
    _demand_kit()
    with session.opener("", None) as engine:  # in memory: no cluster is made
        plugins = _implementations(engine.plugins, name, arguments.names(auxiliaries))
    report = _checked(plugins, examples, only)
    session.answer(report.to_dict, lambda: conformance_views.blocks(report))
    return Exit.OK if report.is_clean else Exit.FAILED


def _demand_kit() -> None:
    """Raises SeraiError when what the suite is made with is not installed."""
    if importlib.util.find_spec(_KIT) is None:
        raise SeraiError(
            f"checking plugins needs {_KIT}, which is not installed",
            code="TEST_KIT_MISSING",
            hint="pip install 'serai[test-kit]'",
        )


def _implementations(infos: "Plugins", name: str, auxiliaries: "Sequence[str]") -> dict[str, object]:
    """The objects that entry points lead to, by name.

    Raises:
        Unsupported: NAME is an auxiliary plugin.
        PluginNotFound, PluginRejected: one is not there, or is none.
    """
    if name not in infos and name in infos.auxiliary:
        raise Unsupported(
            f"{name} is an auxiliary plugin",
            place=name,
            hint=f"look at it with a plugin that it extends: serai plugin check PLUGIN --with {name}",
        )
    return {name: infos[name].implementation, **{each: infos.auxiliary[each].implementation for each in auxiliaries}}


def _checked(plugins: dict[str, object], examples: int, only: "Sequence[str]") -> "Report":
    from serai.hookspec.testing.conformance import CHECKS, run_checks

    if unknown := [each for each in only if each not in CHECKS]:
        raise click.BadParameter(f"there is no check {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    return run_checks(plugins, examples=examples, only=only)
