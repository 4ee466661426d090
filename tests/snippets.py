"""The snippets of a page of documentation, done in order, as a reader would: files are written, commands run.

A comment before a block says what it is; a block without one is only to be read.

    <!-- file: greeter/plugin.py -->                      the block is the file
    <!-- above "PLUGIN =" in greeter/plugin.py -->        it is put above the line that begins so, as far in as that is
    <!-- instead of "return" in greeter/plugin.py -->     it takes the place of that line
    <!-- run -->                                          a shell runs it, and every line of it succeeds
    <!-- run, fails -->                                   the last line of it does not
    <!-- says -->                                         each line of it was part of what the last one said
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Final

from attrs import frozen

_BLOCK: Final = re.compile(r"^<!-- (?P<what>.+?) -->\n+```\w*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE: Final = re.compile(r"file: (?P<path>\S+)")
_PLACED: Final = re.compile(r'(?P<how>above|instead of) "(?P<line>[^"]+)" in (?P<path>\S+)')


@frozen
class Snippet:
    """A block of a page.

    Attributes:
        what: what the comment before it says.
        text: what is in it.
    """

    what: str
    text: str


def snippets_of(page: str) -> Iterator[Snippet]:
    """The blocks of a page that are to be done.

    Args:
        page: its Markdown.
    """
    for block in _BLOCK.finditer(page):
        yield Snippet(block["what"], block["text"])


def play(page: str, directory: Path, environment: Mapping[str, str]) -> int:
    """Do what a page says, in an empty directory; how many snippets that were.

    Args:
        page: its Markdown.
        directory: where; ``cd`` in a command holds for the commands and files after it.
        environment: of the commands.
    """
    said, snippets = "", list(snippets_of(page))
    for snippet in snippets:
        if found := _FILE.fullmatch(snippet.what):
            path = directory / found["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(snippet.text, encoding="utf-8")
        elif found := _PLACED.fullmatch(snippet.what):
            _place(directory / found["path"], found["line"], snippet.text, keep=found["how"] == "above")
        elif snippet.what in ("run", "run, fails"):
            said, directory = _run(snippet, directory, environment)
        elif snippet.what == "says":
            missing = [line for line in snippet.text.splitlines() if line.strip() not in said]
            assert not missing, f"not said: {missing}\n{said}"
        else:
            raise ValueError(f"what is {snippet.what!r}?")
    return len(snippets)


def _place(path: Path, beginning: str, text: str, *, keep: bool) -> None:
    """Put a text where one line begins so; that line stays below it, or goes."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    [place] = [number for number, line in enumerate(lines) if line.lstrip().startswith(beginning)]
    margin = lines[place].removesuffix(lines[place].lstrip())
    below = ["\n", *lines[place:]] if keep else lines[place + 1 :]
    path.write_text("".join([*lines[:place], indent(text, margin), *below]), encoding="utf-8")


def _run(snippet: Snippet, directory: Path, environment: Mapping[str, str]) -> tuple[str, Path]:
    """What the commands said, and the directory they ended in."""
    fails = snippet.what.endswith("fails")
    where = directory / ".where"
    done = subprocess.run(
        ["sh", "-c", f"set -e\ntrap 'pwd >\"$WHERE\"' EXIT\n{snippet.text}"],
        cwd=directory,
        env={**environment, "WHERE": str(where)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )
    assert (done.returncode != 0) == fails, f"{snippet.text}ended with {done.returncode}:\n{done.stdout}"
    ended_in = Path(where.read_text().strip())
    where.unlink()
    return done.stdout, ended_in
