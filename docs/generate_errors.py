"""Writes docs/reference/errors.md from the errors themselves: run by ``make docs``."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Final

from serai.hookspec import errors

PAGE: Final = Path(__file__).parent / "reference" / "errors.md"

INTRODUCTION: Final = """\
<!-- Written by docs/generate_errors.py from the errors themselves; change those, then run `make docs`. -->

# Errors

Every error is a `serai.hookspec.errors.SeraiError`: a stable `code` for programs, `message`, `place` (a part of the
document, a host, a cluster), `hint` (what to do next), `details`, and `origin` (the plugin at fault). `to_dict()` gives
all of it as JSON; so do `serai … --json`, and the store. A class has the code of this table, unless who raised it gave
one that says more: plugins have codes of their own, such as `DASK_NOT_DRAINED`.

| class | code | is a | meaning |
|---|---|---|---|
"""


def render() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(f"{row}\n" for row in _rows(errors.SeraiError))


def _rows(error: type[errors.SeraiError]) -> Iterator[str]:
    if error.__module__ != errors.__name__:
        return  # another module's, which somebody imported
    meaning = re.sub(r":\w+:|``", lambda found: "`" if found[0] == "``" else "", _purpose(error))
    above = "" if error is errors.SeraiError else f"`{error.__base__.__name__}`"  # type: ignore[union-attr]
    yield f"| `{error.__name__}` | `{error.code}` | {above} | {meaning} |"
    for more in error.__subclasses__():
        yield from _rows(more)


def _purpose(error: type[errors.SeraiError]) -> str:
    return cleandoc(error.__doc__ or "").split("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
