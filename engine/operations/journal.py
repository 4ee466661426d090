"""The journal of an operation: what was done of it, and what is left to do."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from serai.engine.operations.events import Clock
from serai.engine.operations.explaining import findings, in_short
from serai.engine.operations.work import Lifecycle, Phase
from serai.engine.store.records import JournalEntry, OperationRecord
from serai.hookspec.errors import SeraiError

STARTED: Final = "started"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"


class Journal:
    """Makes the lines of one operation's journal, and reads those that are there.

    A phase that was started and has no other line was cut short: by the end of its engine, or of the store.

    Args:
        record: the operation.
        lines: what is there.
        clock: tells the time.
    """

    def __init__(self, record: OperationRecord, lines: Sequence[JournalEntry], clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._done = {line.phase for line in lines if line.outcome == SUCCEEDED}
        self._tries = Counter(line.phase for line in lines if line.outcome == STARTED)

    def remaining(self, lifecycle: Lifecycle) -> tuple[Phase, ...]:
        """The phases that are to be done: from the one the operation is in, if that did not succeed."""
        names = [phase.name for phase in lifecycle.phases]
        begin = names.index(self._record.phase) if self._record.phase in names else 0
        return tuple(phase for phase in lifecycle.phases[begin:] if phase.name not in self._done)

    def tries(self, phase: str) -> int:
        """How many times a phase was started."""
        return self._tries[phase]

    def started(self) -> JournalEntry:
        """The phase that the operation is in begins."""
        self._tries[self._record.phase] += 1
        return self._line(STARTED)

    def succeeded(self) -> JournalEntry:
        """It ended well."""
        return self._line(SUCCEEDED)

    def failed(self, error: SeraiError, *, cancelled: bool) -> JournalEntry:
        """It ended badly, or was cancelled."""
        told = findings(error.to_dict())
        where = {"step": told[0].step if told else "", "hosts": sorted({each.host for each in told if each.host})}
        known = {name: value for name, value in where.items() if value}
        return self._line(CANCELLED if cancelled else FAILED, **in_short(error), **known)

    def _line(self, outcome: str, **detail: Any) -> JournalEntry:
        phase = self._record.phase
        return JournalEntry(self._record.id, phase, self._tries[phase], outcome, self._clock(), detail)
