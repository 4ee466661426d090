"""What came of the checks of a plugin, as it is shown."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text

if TYPE_CHECKING:
    from serai.hookspec.testing.conformance import Report


def blocks(report: "Report") -> Iterator[Block]:
    """Every check in a row; then what is wrong, with what to do about each."""
    rows = [(str(each.outcome), each.check.name, each.reason or each.check.claim) for each in report.results]
    yield Table(("outcome", "check", "claim"), rows)
    for result in report.failed:
        yield Heading(f"{result.check.name}: {result.check.claim}")
        yield Fields([("found", "\n".join(result.problems)), ("fix", result.check.fix)])
    counts = Counter(str(each.outcome) for each in report.results)
    yield Heading(f"{report.plugin}: {', '.join(f'{count} {outcome}' for outcome, count in counts.items())}")
    if report.is_clean:
        yield Text("nothing is wrong with it")
