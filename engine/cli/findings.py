"""What the doctor found: one finding a check."""

from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

from serai.engine.cli.blocks import Table


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    """Works, with something missing or odd."""
    FAIL = "fail"
    """Clusters cannot be made like this."""


@frozen
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        verdict: how it is.
        message: what was found.
        hint: how to get what is missing.
    """

    check: str
    verdict: Verdict
    message: str
    hint: str = ""


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, message)


def warn(check: str, message: str, hint: str) -> Finding:
    """It works, but."""
    return Finding(check, Verdict.WARN, message, hint)


def fail(check: str, message: str, hint: str) -> Finding:
    """It does not work."""
    return Finding(check, Verdict.FAIL, message, hint)


def report(findings: Sequence[Finding]) -> Table:
    """The findings as a table; hints stand below what they are about."""
    rows: list[tuple[str, str, str]] = []
    for finding in findings:
        rows.append((finding.verdict.value, finding.check, finding.message))
        if finding.hint:
            rows.append(("", "", f"→ {finding.hint}"))
    return Table(("verdict", "check", "found"), rows)
