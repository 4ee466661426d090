"""The way in and the way out of the command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from serai.engine import Engine
from serai.engine.cli.exits import Exit
from serai.engine.cli.main import cli, run
from serai.engine.cli.session import Session


def test_help_lists_the_commands_in_the_order_one_needs_them(capsys: pytest.CaptureFixture[str]) -> None:
    """And the exit codes."""
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    places = [told.index(f"\n  {name} ") for name in ("up", "plan", "ls", "show", "scale", "cancel", "down", "doctor")]
    assert places == sorted(places)
    assert all(f"  {code.value:<4} {code.meaning}" in told for code in Exit)


def test_every_command_tells_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line that is not cut in the list."""
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].partition("Exit codes")[0]
    assert "..." not in listed
    assert all(command.help for command in cli.commands.values())


@pytest.mark.parametrize("arguments", [[], ["nosuch"], ["scale", "demo"], ["ls", "--nosuch"], ["job"]])
def test_a_mistaken_command_line_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Told on standard error."""
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Usage: serai" in told.err


@pytest.mark.parametrize("arguments", [["--json", "scale"], ["scale", "--json"], ["nosuch", "--json"]])
def test_with_json_even_a_usage_error_is_a_document(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the option stands."""
    assert run(arguments) == 2
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert error["code"] == "USAGE"
    assert error["hint"] == f"what it takes: {error['place']} --help"
    assert told.err == ""


def broken(url: str, transcript: Path | None) -> Engine:
    raise ZeroDivisionError("division by zero")


def test_a_defect_of_ours_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Unless it is asked for."""
    assert run(["ls"], Session(opener=broken)) == 1
    told = capsys.readouterr().err
    assert told.startswith("Error: ZeroDivisionError: division by zero  [INTERNAL_ERROR]\n")
    assert "Traceback" not in told
    assert run(["ls", "-v"], Session(opener=broken)) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_store_that_cannot_be_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Named on the command line, or in the environment."""
    assert run(["ls", "--store", "nonsense"]) == 2
    assert "[STORE_URL]" in capsys.readouterr().err


def test_the_store_of_the_environment_yields_to_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default is the user's own."""
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.delenv("SERAI_STORE", raising=False)
    assert Session().url == "sqlite:////state/serai/serai.db"
    monkeypatch.setenv("SERAI_STORE", "sqlite:///b.db")
    assert Session().url == "sqlite:///b.db"
    assert Session(store="sqlite:///a.db").url == "sqlite:///a.db"


PROGRAM = "from serai.engine.cli.start import main; main()"


def test_an_error_whose_reader_has_gone_is_told_on_standard_error() -> None:
    """Without a traceback, and with the exit code it always has."""
    command = [sys.executable, "-c", PROGRAM, "ls", "--json", "--store", "nonsense"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as unread:
        ended = subprocess.run(command, stdout=unread, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: ")
    assert "[STORE_URL]" in ended.stderr
    assert "BrokenPipe" not in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["1", "2"])
def test_who_closed_its_output_gets_the_work_done_all_the_same(tmp_path: Path, closed: str) -> None:
    """As in ``serai ls >&-``: there is no stream at all then."""
    command = [sys.executable, "-c", PROGRAM, "ls", "--store", f"sqlite:///{tmp_path}/serai.db"]
    shell = ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *command]
    ended = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


HEAVY = {"sqlalchemy", "alembic", "cattrs", "yaml", "rich", "plumbum", "cryptography", "serai.engine.engine"}


def test_help_imports_nothing_heavy() -> None:
    """It answers at once; what a command needs is imported when it runs."""
    program = "import sys; from serai.engine.cli.main import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stderr.split())


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    """As pip tells it."""
    from importlib.metadata import version

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"serai {version('serai')}\n"
