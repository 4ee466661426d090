"""What the how-to guides say is done, as they say it."""

import os
import sys
from pathlib import Path

import pytest
from snippets import play, snippets_of

GUIDES = Path(__file__).parents[3] / "docs" / "how-to"
RUN = sorted(page for page in GUIDES.glob("*.md") if any(snippets_of(page.read_text(encoding="utf-8"))))

GOOD = """\
<!-- file: a/one.txt -->
```text
  first
  last
```

<!-- above "last" in a/one.txt -->

```text
middle
```

<!-- instead of "first" in a/one.txt -->
```text
one
```

<!-- run -->
```sh
cd a
cat one.txt
```

<!-- says -->
```text
middle
```

<!-- run, fails -->
```sh
cat one.txt
cat two.txt
```

Not to be run:

```sh
false
```
"""


def environment(directory: Path) -> dict[str, str]:
    """Of commands that leave nothing outside a directory."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(directory),
        "PYTHONWARNINGS": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERAI_LOCAL_ROOT": str(directory / ".machines"),
        "SERAI_STORE": f"sqlite:///{directory}/.serai.db",
    }


def test_a_page_is_done_as_it_is_written(tmp_path: Path) -> None:
    """Files, then commands, where the last one went."""
    assert play(GOOD, tmp_path, environment(tmp_path)) == 6
    assert (tmp_path / "a" / "one.txt").read_text() == "  one\n  middle\n\n  last\n"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cat one.txt\n```", "cat none.txt\n```"),
        ("cat two.txt", "true"),
        ("\nmiddle\n```\n\n<!-- run,", "\nno\n```\n\n<!-- run,"),
    ],
)
def test_a_page_that_does_not_work_is_told(tmp_path: Path, right: str, wrong: str) -> None:
    """A command that fails, one that is to fail and does not, and what was not said."""
    assert right in GOOD
    with pytest.raises(AssertionError):
        play(GOOD.replace(right, wrong, 1), tmp_path, environment(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("guide", RUN, ids=lambda page: page.stem)
def test_every_snippet_of_a_guide_works(guide: Path, tmp_path: Path) -> None:
    """In order, in an empty directory, where warnings are errors."""
    assert play(guide.read_text(encoding="utf-8"), tmp_path, environment(tmp_path)) > 0
