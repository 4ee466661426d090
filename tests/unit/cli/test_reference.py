"""The page docs/reference/cli.md."""

import runpy
from pathlib import Path

from serai.engine.cli.exits import Exit
from serai.engine.cli.main import cli

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_what_the_commands_say() -> None:
    """Write it again with ``make docs`` when this fails."""
    written = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(DOCS / "generate_cli.py"))["render"]()


def test_the_page_has_every_command_and_every_exit_code() -> None:
    """Whatever writes it."""
    written = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert all(f"\n## serai {name}" in written for name in cli.commands)
    assert all(f"| {code.value} | {code.meaning} |" in written for code in Exit)
