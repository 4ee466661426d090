"""The documentation: what is made from the code is as the code is, and everything leads somewhere."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.glob("*/*.md"))
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("script", sorted(DOCS.glob("generate_*.py")), ids=lambda path: path.stem)
def test_what_is_made_from_the_code_is_up_to_date(script: Path) -> None:
    """``make docs`` writes it."""
    made = runpy.run_path(str(script))
    assert made["PAGE"].read_text(encoding="utf-8") == made["render"]()


@pytest.mark.parametrize("page", [DOCS / "index.md", DOCS.parent / "README.md", *PAGES], ids=lambda path: path.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file of this repository, where it is no address."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_index() -> None:
    """Nobody finds what nothing leads to."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert [str(page) for page in PAGES if f"({page.relative_to(DOCS)})" not in index] == []
