"""Writes docs/reference/cli.md from the commands themselves: run by ``make docs``."""

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from serai.engine.cli.exits import Exit
from serai.engine.cli.main import cli
from serai.engine.cli.options import global_options

PAGE: Final = Path(__file__).parent / "reference" / "cli.md"

INTRODUCTION: Final = """\
<!-- Written by docs/generate_cli.py from the commands themselves; change those, then run `make docs`. -->

# The command serai

Results go to standard output, progress and errors to standard error: live on a terminal, in plain lines elsewhere.

With `--json`, standard output carries exactly one JSON document, and progress is not told. The document is the result,
whose field names are those of the object model and whose secrets are masked, or `{"error": {"code": …, "message": …,
…}}`. The one exception is `serai events -f --json`, which writes each event as a line of its own.

Ctrl-C cancels the operation that a command waits for, tells what is left, and how to go on; a second Ctrl-C leaves at
once. Either way nothing is lost: `serai retry` goes on where the operation stopped, `serai down` removes the cluster.
"""

AFTER_NAME: Final = "\nThese options are accepted after a command's name, too.\n"


def render() -> str:
    """The whole page."""
    root = click.Context(cli, info_name="serai")
    parts = [INTRODUCTION, "## Options\n", *_table(_own(cli) + global_options()), AFTER_NAME, *_exit_codes()]
    return "\n".join([*parts, *_commands(cli, root)])


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "| code | meaning |"
    yield "|---:|---|"
    yield from (f"| {code.value} | {code.meaning} |" for code in Exit)
    yield ""


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.commands[name]
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield from _command(command, inner)
            yield from _commands(command, inner)
        else:
            yield from _command(command, inner)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield f"```\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n"
    yield inspect.cleandoc(command.help or "")
    yield ""
    if options := _own(command):
        yield from _table(options)
        yield ""


def _own(command: click.Command) -> list[click.Option]:
    """The options that are not everybody's."""
    shared = {option.name for option in global_options()}
    return [each for each in command.params if isinstance(each, click.Option) and each.name not in shared]


def _table(options: Iterable[click.Option]) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for option in options:
        value = "" if option.is_flag or option.count else f" {option.metavar or option.name}"
        names = ", ".join(f"`{name}{value}`" for name in option.opts)
        required = " Required." if option.required else ""
        yield f"| {names} | {option.help}{required} |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
