"""The serai command: its groups and its one way out, whatever happens."""

import json
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from serai.engine.cli import (
    apply_command,
    cancel_command,
    cluster_commands,
    diagnose_command,
    doctor_command,
    host_commands,
    job_commands,
    operation_commands,
    orphans_command,
    plugin_commands,
    plugin_group,
    resume_command,
)
from serai.engine.cli.complaints import complaint
from serai.engine.cli.documents import error_document
from serai.engine.cli.exits import Exit, of_error
from serai.engine.cli.options import HELP_NAMES, SeraiGroup
from serai.engine.cli.session import Session
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def _epilog() -> str:
    codes = "\n".join(f"  {code.value:<4} {code.meaning}" for code in Exit)
    return f"\b\nExit codes:\n{codes}"


@click.group(cls=SeraiGroup, context_settings=HELP_NAMES, epilog=_epilog())
@click.version_option(package_name="serai", message="%(package)s %(version)s")
def cli() -> None:
    """Turn machines you can reach into working data-processing clusters.

    The options below are accepted after a command's name, too.
    """


for _command in (
    operation_commands.up,
    operation_commands.plan,
    cluster_commands.ls,
    cluster_commands.show,
    cluster_commands.events,
    cluster_commands.health,
    diagnose_command.diagnose,
    operation_commands.scale,
    apply_command.apply,
    job_commands.job,
    cancel_command.cancel,
    operation_commands.retry,
    resume_command.resume,
    operation_commands.down,
    orphans_command.orphans,
    host_commands.hosts,
    plugin_commands.plugins,
    plugin_group.plugin,
    doctor_command.doctor,
):
    cli.add_command(_command)


def run(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run a command line.

    Args:
        arguments: without the program's name.
        session: where to begin from; of this process when None.

    Returns:
        The exit code.
    """
    session = session or Session()
    try:
        with session:
            return cli.main(args=list(arguments), prog_name="serai", standalone_mode=False, obj=session) or Exit.OK
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except click.ClickException as error:
        as_json = session.as_json or "--json" in arguments  # the mistake may stand before the option
        return _misused(error, as_json)
    except click.Abort as error:
        _complain(session, {"code": "INTERRUPTED", "message": "interrupted"}, error)
        return Exit.INTERRUPTED
    except SeraiError as error:
        _complain(session, error.to_dict(), error)
        return of_error(error)
    except OSError as error:  # standard output is full or closed, a directory is forbidden…
        _complain(session, _refused(error), error)
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no user sees a traceback without asking
        _complain(session, _defect(error), error)
        return Exit.FAILED


def _misused(error: click.ClickException, as_json: bool) -> int:
    if as_json:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "serai"
        hint = f"what it takes: {command} --help"
        _print_error({"code": "USAGE", "message": error.format_message(), "place": command, "hint": hint})
    else:
        error.show()
    return Exit.USAGE


def _complain(session: Session, error: "Mapping[str, Any]", cause: BaseException) -> None:
    if session.verbose:
        traceback.print_exception(cause, file=sys.stderr)
    if session.as_json:
        try:
            _print_error(error)
            return
        except OSError:  # nobody reads standard output any more: told where somebody may
            sys.stdout = None
    print(f"Error: {complaint(error)}", file=sys.stderr)


def _print_error(error: "Mapping[str, Any]") -> None:
    print(json.dumps(error_document(error), indent=2, ensure_ascii=False, default=str), flush=True)


def _refused(error: OSError) -> "Mapping[str, Any]":
    return {
        "code": "SYSTEM_ERROR",
        "message": error.strerror or str(error),
        "place": str(error.filename or ""),
        "hint": "the system refused that: make it possible, then try again; -v shows where it happened",
    }


def _defect(error: Exception) -> "Mapping[str, Any]":
    return {
        "code": "INTERNAL_ERROR",
        "message": f"{type(error).__name__}: {error}",
        "hint": "this is a defect of Serai; report it with the traceback that -v shows",
    }
