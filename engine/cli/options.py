"""The global options, accepted before a command's name and after it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from serai.engine.cli.session import STORE_VARIABLE, Session

F = TypeVar("F", bound=Callable[..., Any])


def _setter(field: str, value_when_set: Any = None) -> Callable[[click.Context, click.Parameter, Any], None]:
    """A callback that keeps an option in the session; an option that was not given changes nothing."""

    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value:
            setattr(context.ensure_object(Session), field, value if value_when_set is None else value_when_set)

    return keep


def _no_color(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).color = False


def _path(field: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    """A callback that keeps the path of a file in the session."""

    def keep(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value:
            setattr(context.ensure_object(Session), field, Path(value))

    return keep


def global_options() -> list[click.Option]:
    """The options every command has; made anew, since Click keeps state in them."""
    shared: dict[str, Any] = {"expose_value": False, "is_eager": True}
    flag: dict[str, Any] = {**shared, "is_flag": True}
    return [
        click.Option(
            ["--store"],
            metavar="URL",
            callback=_setter("store"),
            help=f"Where the state is: sqlite:///path or postgresql+psycopg://…  [default: ${STORE_VARIABLE}, "
            "else a file in the user's state directory]",
            **shared,
        ),
        click.Option(
            ["--json", "as_json"],
            callback=_setter("as_json"),
            help='One JSON document on standard output: the result, or {"error": …}.',
            **flag,
        ),
        click.Option(
            ["-v", "--verbose", "verbose"],
            callback=_setter("verbose"),
            help="Show tracebacks and the debug log, on standard error.",
            **flag,
        ),
        click.Option(
            ["--log-file"],
            metavar="PATH",
            callback=_path("log_file"),
            help="Append the debug log to a file, one JSON document a line.",
            **shared,
        ),
        click.Option(
            ["--transcript"],
            metavar="PATH",
            callback=_path("transcript"),
            help="Append to a file what plugins ask of machines and what these answer, without secrets: for tests of "
            "plugins to replay.",
            **shared,
        ),
        click.Option(["--no-color"], callback=_no_color, help="No colours.", **flag),
    ]


class SeraiCommand(click.Command):
    """A command that takes the global options, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_beside(global_options()))


def _beside(options: list[click.Option]) -> list[click.Option]:
    """The global options of a command: its help shows its own, and leaves most of them to the help of all."""
    for option in options:
        option.hidden = "--json" not in option.opts
    return options


class SeraiGroup(click.Group):
    """A group that takes the global options, and lists its commands in the order they were added."""

    command_class = SeraiCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, as added."""
        return list(self.commands)


HELP_NAMES: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}

with_session: Final = click.make_pass_decorator(Session, ensure=True)
"""Hands the session to a command as its first argument."""
