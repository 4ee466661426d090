"""Every hook is documented and tested."""

import ast
from pathlib import Path

import pytest

from serai.hookspec import infrastructure, listening, provisioning
from serai.hookspec.semantics import Kind, declarations

ROOT = Path(__file__).parents[3]
HOOKS = {
    name: declaration
    for module in (provisioning, infrastructure, listening)
    for name, declaration in declarations(module).items()
}
PREFIX = "test_hook_"


@pytest.fixture(scope="module")
def tested() -> set[str]:
    """The hooks that tests are named after: ``test_hook_<name>``, alone or followed by the claim."""
    functions = (
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX)
    )
    return {hook for name in functions if (hook := hook_of(name.removeprefix(PREFIX)))}


def hook_of(claim: str) -> str:
    """The hook a test's name begins with; the longest: ``validate_scaling_counts…`` is not about ``validate``."""
    return max((hook for hook in HOOKS if f"{claim}_".startswith(f"{hook}_")), key=len, default="")


def test_the_longest_name_counts():
    """A test of one hook does not pass for a test of another whose name it begins with."""
    assert hook_of("validate_scaling_counts_errors") == "validate_scaling"
    assert hook_of("validate") == "validate"
    assert hook_of("validated") == ""


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_what_it_is_for(hook):
    """Its purpose, when it is called, its arguments, and what it returns."""
    declaration = HOOKS[hook]
    text = declaration.documentation
    expected = ["Called:"]
    expected += ["Args:"] if declaration.arguments else []
    expected += ["Returns:"] if declaration.kind is not Kind.NOTIFY else []
    assert text.strip().partition("\n")[0].endswith(".")
    assert [part for part in expected if part not in text] == []
    assert [name for name in declaration.arguments if f"{name}:" not in text] == []


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_on_the_page(hook):
    """In the table and with a section of its own."""
    page = (ROOT / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8")
    assert f"\n| [`{hook}`](#{hook}) |" in page
    assert f"\n### {hook}\n" in page


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook, tested):
    """A hook nobody calls in a test may be called wrongly by the engine."""
    assert hook in tested
