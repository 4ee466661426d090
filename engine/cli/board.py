"""What is known of a running operation: its phases, their steps, the hosts of each. Built from events alone."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import define, field

from serai.engine.cli.lines import first_line, hosts_of, seconds_of, subject
from serai.hookspec.listening import Event, EventKind


class Mark(StrEnum):
    """How a phase or a step stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@define
class Step:
    """A named part of a phase.

    Attributes:
        title: its name.
        since: when it began.
        mark: how it stands.
        seconds: how long it took, once it ended.
        hosts: those it is about, as far as it said so when it began.
        hosts_ok: the hosts that are done.
        hosts_failed: those that failed, each with the reason.
        note: what it said last.
    """

    title: str
    since: datetime
    mark: Mark = Mark.RUNNING
    seconds: float | None = None
    hosts_ok: list[str] = field(factory=list)
    hosts_failed: dict[str, str] = field(factory=dict)
    note: str = ""
    hosts: list[str] = field(factory=list)

    @property
    def waited_for(self) -> list[str]:
        """The hosts whose end is not known."""
        known = {*self.hosts_ok, *self.hosts_failed}
        return [host for host in self.hosts if host not in known]


@define
class Phase:
    """A phase of an operation; its fields are those of :class:`Step`."""

    title: str
    since: datetime
    mark: Mark = Mark.RUNNING
    seconds: float | None = None
    steps: list[Step] = field(factory=list)


@define
class Board:
    """An operation, as its events tell it.

    Attributes:
        title: what it does: ``create demo``.
        phases: those begun so far.
        warnings: what went wrong and stopped nothing.
    """

    title: str = ""
    phases: list[Phase] = field(factory=list)
    warnings: list[str] = field(factory=list)

    @property
    def current(self) -> Phase | None:
        """The phase that runs, if one does."""
        return self.phases[-1] if self.phases and self.phases[-1].mark is Mark.RUNNING else None

    def take(self, event: Event) -> Phase | None:
        """Take over what an event tells.

        Returns:
            The phase that ended with it, if one did.
        """
        match event.kind:
            case EventKind.OPERATION_STARTED:
                self.title = subject(event)
            case EventKind.PHASE_STARTED:
                self.phases.append(Phase(event.message or event.phase, event.time))
            case EventKind.PHASE_FINISHED:
                return self._end_phase(event, Mark.DONE)
            case EventKind.OPERATION_FAILED | EventKind.OPERATION_CANCELLED:
                return self._end_phase(event, Mark.FAILED)
            case EventKind.WARNING:
                self.warnings.append(event.message)
            case _ if event.step and self.current is not None:
                self._take_step(self.current, event)
        return None

    def _end_phase(self, event: Event, mark: Mark) -> Phase | None:
        phase = self.current
        if phase is None:
            return None
        phase.mark = mark
        phase.seconds = (event.time - phase.since).total_seconds()
        for step in phase.steps:
            if step.mark is Mark.RUNNING:
                step.mark = mark
                step.seconds = (event.time - step.since).total_seconds()
        return phase

    @staticmethod
    def _take_step(phase: Phase, event: Event) -> None:
        step = _running(phase, event.step)
        if step is None:
            step = Step(event.step, event.time, hosts=hosts_of(event))
            phase.steps.append(step)
        if event.kind is EventKind.HOST_FINISHED:
            step.hosts_ok.append(event.host)
        elif event.kind is EventKind.HOST_FAILED:
            step.hosts_failed[event.host] = first_line(event.message)
        elif event.kind is EventKind.STEP_PROGRESS:
            step.note = first_line(event.message)
        elif event.kind in _ENDS:
            step.mark = _ENDS[event.kind]
            step.seconds = seconds_of(event)
            step.note = first_line(event.message)


_ENDS: Final = {EventKind.STEP_FINISHED: Mark.DONE, EventKind.STEP_FAILED: Mark.FAILED}


def _running(phase: Phase, title: str) -> Step | None:
    """The step of that title that runs: a title may come again after its step ended."""
    return next((step for step in reversed(phase.steps) if step.title == title and step.mark is Mark.RUNNING), None)
