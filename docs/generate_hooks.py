"""Writes docs/reference/hooks.md from the hooks themselves: run by ``make docs``."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Final

from serai.hookspec import infrastructure, listening, provisioning
from serai.hookspec.evolution import uses
from serai.hookspec.semantics import Declaration, Order, declarations

PAGE: Final = Path(__file__).parent / "reference" / "hooks.md"

MODULES: Final[tuple[tuple[str, ModuleType], ...]] = (
    ("Provisioning and auxiliary plugins", provisioning),
    ("Infrastructure providers", infrastructure),
    ("Listeners", listening),
)

INTRODUCTION: Final = """\
<!-- Written by docs/generate_hooks.py from the hooks themselves; change those, then run `make docs`. -->

# Hooks

What a plugin may implement. An implementation is marked with `serai.hookspec.hookimpl`, takes the arguments it wants of
those the hook has, and gives none of them a default. What the kinds mean is told in
[kinds of hooks](../explanation/kinds-of-hooks.md).

A hook that is *isolated* is called on every plugin even when another one raised, and all errors are kept. The answer of
a *pure* one depends on its arguments alone, and may be kept.
"""

SECTION: Final = re.compile(r"^(Args|Returns|Raises|Yields):$")
TITLES: Final = {"Args": "Arguments", "Returns": "Returns", "Raises": "Raises", "Yields": "Yields"}
ORDERS: Final = {Order.PROVISIONING_FIRST: "provisioning plugin first", Order.AUXILIARIES_FIRST: "auxiliaries first"}


def render() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(line for title, module in MODULES for line in _part(title, module))])


def _part(title: str, module: ModuleType) -> Iterator[str]:
    found = declarations(module)
    yield f"## {title}\n"
    yield "| hook | kind | how results merge | order | implemented by | required of |"
    yield "|---|---|---|---|---|---|"
    yield from map(_row, found.values())
    yield ""
    for name, declaration in found.items():
        yield f"### {name}\n"
        yield f"```python\n{_signature(module, name)}\n```\n"
        yield f"{_facts(declaration)}\n"
        yield from _markdown(declaration.documentation)


def _row(declaration: Declaration) -> str:
    cells = (
        f"[`{declaration.name}`](#{declaration.name})",
        declaration.kind.value,
        "" if declaration.merge is None else f"`{declaration.merge.__name__}`",
        ORDERS[declaration.order] if _is_stacked(declaration) else "",
        _names(declaration.roles),
        _names(declaration.required),
    )
    return f"| {' | '.join(cells)} |"


def _facts(declaration: Declaration) -> str:
    facts = [f"Kind: {declaration.kind.value}"]
    if declaration.merge is not None:
        meaning = (declaration.merge.__doc__ or "").strip().partition("\n")[0]
        facts.append(f"merged by `{declaration.merge.__name__}` ({_inline(meaning).rstrip('.')})")
    if _is_stacked(declaration):
        facts.append(f"order: {declaration.order.value}")
    facts += [name for name in ("isolated", "pure") if getattr(declaration, name)]
    return " ".join(["; ".join(facts) + ".", *(f"**{use}.**" for use in uses(declaration, declaration.arguments))])


def _is_stacked(declaration: Declaration) -> bool:
    """Whether plugins of several roles are called one after the other."""
    return len(declaration.roles) > 1


def _names(roles: Iterable[str]) -> str:
    return ", ".join(sorted(str(role) for role in roles))


def _signature(module: ModuleType, name: str) -> str:
    """As written in the source: types under the names that an author imports."""
    (function,) = ast.parse(dedent(inspect.getsource(getattr(module, name)))).body
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(f"{name} is no function")
    returns = "" if function.returns is None else f" -> {ast.unparse(function.returns)}"
    return f"def {name}({ast.unparse(function.args)}){returns}"


def _markdown(docstring: str) -> Iterator[str]:
    """A docstring's text, its sections with a title each, its arguments as a list."""
    named = False
    for line in inspect.cleandoc(docstring).splitlines():
        heading = SECTION.match(line)
        if heading:
            named = heading[1] in ("Args", "Raises")
            yield f"**{TITLES[heading[1]]}**\n"
        elif line.startswith("    ") and named:
            yield _item(line.removeprefix("    "))
        else:
            yield _inline(line.strip())
    yield ""


def _item(line: str) -> str:
    """One argument; what is indented further goes on with the one before."""
    if line.startswith(" "):
        return f"  {_inline(line.strip())}"
    name, _, meaning = line.partition(": ")
    return f"- `{name}`: {_inline(meaning)}"


def _inline(text: str) -> str:
    """reStructuredText's roles and literals as Markdown's."""
    text = re.sub(r":\w+:`~?([^`]+)`", lambda match: f"`{match[1].rpartition('.')[2]}`", text)
    return text.replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
