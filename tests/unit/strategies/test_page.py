"""The examples of the page about testing plugins are tests that pass."""

import re
import runpy
from pathlib import Path
from shutil import copy

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "test-a-plugin.md"
TRANSCRIPT = Path(__file__).parents[1] / "transcripts" / "dask.jsonl"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: re.findall(r"def (test_\w+)", snippet)[0])
def test_a_snippet_of_the_page_passes(snippet: str, tmp_path: Path) -> None:
    """As it is written, beside the transcript that it reads."""
    path = tmp_path / "snippet.py"
    copy(TRANSCRIPT, tmp_path)
    path.write_text(snippet, encoding="utf-8")
    for name, test in runpy.run_path(str(path)).items():
        if name.startswith("test_"):
            test()
