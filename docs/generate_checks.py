"""Writes docs/reference/checks.md from the checks of the conformance suite themselves: run by ``make docs``."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from serai.hookspec.testing.conformance import CHECKS

PAGE: Final = Path(__file__).parent / "reference" / "checks.md"

INTRODUCTION: Final = """\
<!-- Written by docs/generate_checks.py from the checks themselves; change those, then run `make docs`. -->

# The checks

What must hold of every provisioning plugin, alone and with auxiliaries, in the order it is looked at.
`serai plugin check NAME` tells what is wrong, `--only CHECK` looks at one thing; a check is not run before those hold
that it needs. How they are run as tests: [Test a plugin](../how-to/test-a-plugin.md).
"""


def render() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_subjects()])


def _subjects() -> Iterator[str]:
    for subject, checks in groupby(CHECKS.values(), key=lambda check: check.subject):
        yield f"## {subject.capitalize()}\n"
        yield "| check | what must hold | where it does not | needs |"
        yield "|---|---|---|---|"
        for check in checks:
            needs = ", ".join(f"`{name}`" for name in check.needs)
            yield f"| `{check.name}` | {_cell(check.claim)} | {_cell(check.fix)} | {needs} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
