"""Why an operation failed, as it is shown: the first place in full, the others counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from serai.engine.cli.blocks import Block, Fields, Heading, Text
from serai.engine.cli.printable import printable
from serai.engine.operations.explaining import FailureFinding, findings

_NAMED: Final = 4
"""Hosts that are named where several failed alike."""


def failure(error: Mapping[str, Any]) -> Iterator[Block]:
    """An error, as of ``SeraiError.to_dict``: what, where, what was said there, what to do next."""
    first, *others = findings(error)
    yield Heading("What went wrong")
    headline, _, rest = first.message.partition("\n")
    yield Text(printable("\n".join(filter(None, (f"{headline}  [{first.code}]", rest)))))
    yield Fields([(label, printable(value)) for label, value in _fields(first)])
    yield from _streams(first)
    if others:
        yield Text(printable("\n".join(_counted(others))))


def _fields(finding: FailureFinding) -> Iterator[tuple[str, str]]:
    told = (
        ("during", ", ".join(filter(None, (finding.operation, finding.phase, finding.step)))),
        ("host", finding.host),
        ("place", finding.place),
        ("plugin", finding.plugin),
        ("service", finding.service),
        ("command", finding.command),
        ("status", "" if finding.status is None else str(finding.status)),
        ("limit", "" if finding.limit is None else f"{finding.limit:g} s"),
        ("cause", "\n".join(finding.causes)),
        ("hint", finding.hint),
    )
    return ((label, value) for label, value in told if value)


def _streams(finding: FailureFinding) -> Iterator[Block]:
    for name in ("stdout", "stderr", "log"):
        lines = getattr(finding, name)
        if lines:
            yield Text(printable("\n".join([f"{name}:", *(f"  | {line}" for line in lines)])))


def _counted(others: Sequence[FailureFinding]) -> Iterator[str]:
    """``14 times [TIMEOUT] …``, with a few of the hosts of each."""
    yield f"and {len(others)} more (--json has everything):"
    for reason, count in Counter(each.reason for each in others).most_common():
        alike = [each for each in others if each.reason == reason]
        hosts = [each.host for each in alike if each.host]
        named = ", ".join(hosts[:_NAMED]) + ("…" if len(hosts) > _NAMED else "")
        yield f"  {count} times {reason}{f'  ({named})' if named else ''}"
        yield from (f"      | {line}" for line in alike[0].log[-3:])
