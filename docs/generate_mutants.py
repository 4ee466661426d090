"""Writes docs/reference/mutants.md from the mutants of the built-in plugins: run by ``make docs``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parent
PAGE: Final = DOCS / "reference" / "mutants.md"

sys.path.insert(0, str(DOCS.parent / "tests"))
from unit.conformance.mutants.every import MUTANTS  # noqa: E402 - found there

INTRODUCTION: Final = """\
<!-- Written by docs/generate_mutants.py from tests/unit/conformance/mutants; change those, then run `make docs`. -->

# What the checks are proven with

Faults such as authors of plugins make, each seeded into a plugin that is sound, and the check of the
[conformance suite](checks.md) that finds it. That it does is tested: `pytest tests/unit/conformance/test_mutants.py`.
"""


def render() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_plugins()])


def _plugins() -> Iterator[str]:
    for name, (_, mutants) in MUTANTS.items():
        yield f"## {name.capitalize()}\n"
        yield "| mutant | what it breaks | found by |"
        yield "|---|---|---|"
        for mutant in mutants:
            found = f"`{mutant.check}`" if mutant.check else "none"
            yield f"| {mutant.name} | {mutant.breaks} | {found} |"
        yield ""


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
