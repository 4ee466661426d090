"""What an operation lends to hooks: the one implementation of ``Run``."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from serai.engine.log_context import at, get_logger
from serai.engine.operations.events import EventLog
from serai.engine.operations.explaining import in_short, with_causes
from serai.engine.operations.fanout import Outcome, fan_out
from serai.hookspec.artifacts import Artifact
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import DeadlineExceeded, HostsFailed, OperationCancelled, RemoteError, SeraiError, briefly
from serai.hookspec.listening import EventKind
from serai.hookspec.transcripts.observed import delivered

if TYPE_CHECKING:
    from serai.engine.artifacts import ArtifactCache

T = TypeVar("T")

log: Final = get_logger("serai.operations")


class _OperationAdapter(logging.LoggerAdapter[logging.Logger]):
    """Puts operation and cluster on each record."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **kwargs.get("extra", {})}
        return msg, kwargs


class LentRun:
    """An operation, as its hooks and phases see it.

    Args:
        cluster: the cluster's name.
        operation: the operation's id.
        events: where progress goes.
        artifacts: where artifacts come from.
        cancelled: set when the operation is asked to stop.
        held: raises LeaseLost when the operation is another engine's by now.
    """

    def __init__(
        self,
        cluster: str,
        operation: str,
        events: EventLog,
        artifacts: "ArtifactCache",
        cancelled: threading.Event,
        held: Callable[[], None] = lambda: None,
    ) -> None:
        self.cluster = cluster
        self.operation = operation
        self.phase = ""
        self._events = events
        self._artifacts = artifacts
        self._cancelled = cancelled
        self._held = held
        self._ended = False
        self._log = _OperationAdapter(log, {"serai_operation": operation, "serai_cluster": cluster})

    @property
    def cancelled(self) -> bool:
        """Whether the operation was asked to stop."""
        return self._cancelled.is_set()

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """A logger whose records carry ``serai_operation`` and ``serai_cluster``."""
        return self._log

    def check(self) -> None:
        """Raise OperationCancelled when the operation was asked to stop, or has ended and left this thread behind.

        LeaseLost is one: the operation is another engine's by now.
        """
        self._held()
        if self.cancelled or self._ended:
            what = "was cancelled" if self.cancelled else "has ended"
            raise OperationCancelled(f"the operation {what}", place=self.phase)

    def end(self) -> None:
        """Have threads that were left behind on a machine come to an end where they next ask for something."""
        self._ended = True

    def emit(self, kind: EventKind, **fields: Any) -> None:
        """Tell an event of this operation."""
        fields.setdefault("phase", self.phase)
        self._events.emit(kind, cluster=self.cluster, operation=self.operation, **fields)

    @contextmanager
    def step(self, title: str, hosts: Sequence[str] = ()) -> Iterator[None]:
        """A named part of the work, with events when it begins and ends; ``hosts`` are those it is done on."""
        self.check()
        began = time.monotonic()
        self.emit(EventKind.STEP_STARTED, step=title, data={"hosts": list(hosts)} if hosts else {})
        try:
            with at(step=title):
                yield
        except BaseException as error:
            if isinstance(error, SeraiError):
                error.details.setdefault("step", title)
            data = {**_seconds(began), "error": in_short(error)}
            self.emit(EventKind.STEP_FAILED, step=title, message=briefly(error), data=data)
            raise
        self.emit(EventKind.STEP_FINISHED, step=title, data=_seconds(began))

    def each(
        self,
        instances: Sequence[Instance],
        function: Callable[[Instance], T],
        *,
        step: str,
        timeout: float = 900.0,
    ) -> list[T]:
        """Do the same on many instances in parallel; see :meth:`serai.hookspec.run.Run.each`."""

        def work(instance: Instance) -> T:
            with at(host=instance.instance_name):
                return function(instance)

        with self.step(step, _names(instances)):
            results: dict[int, T] = {}
            failures: dict[str, BaseException] = {}
            outcomes = fan_out(
                instances, work, name=lambda i: i.instance_name, limit=lambda _: timeout, cancelled=self._cancelled
            )
            for batch in outcomes:
                self.tell(step, {outcome.item.instance_name: outcome for outcome in batch})
                for outcome in batch:
                    if outcome.error is not None:
                        failures[outcome.item.instance_name] = with_causes(outcome.error)
                    else:
                        results[id(outcome.item)] = outcome.result  # type: ignore[assignment]  # T may itself be None
            self.check()
            if failures:
                raise HostsFailed(step, {host: failures[host] for host in _names(instances) if host in failures})
            return [results[id(instance)] for instance in instances]

    def tell(self, step: str, outcomes: Mapping[str, Outcome[Any, Any]]) -> None:
        """Tell what became of a step on some hosts."""
        batch = [_host_event(step, self.phase, host, outcome) for host, outcome in outcomes.items()]
        self._events.emit_all(batch, cluster=self.cluster, operation=self.operation)

    def wait_until(
        self,
        probe: Callable[[], T | None],
        *,
        what: str,
        timeout: float,
        interval: float = 0.2,
    ) -> T:
        """Call a probe until it returns something true; see :meth:`serai.hookspec.run.Run.wait_until`."""
        deadline = time.monotonic() + timeout
        polled: dict[Any, Any] = {}
        while True:
            self.check()
            last: RemoteError | None = None
            try:
                with at(polled=polled):
                    answer = probe()
                if answer:
                    return answer
            except RemoteError as error:
                last = error
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise _in_vain(what, timeout, last) from last
            self._cancelled.wait(min(interval, remaining))

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        """Have an artifact on an instance; see :meth:`serai.hookspec.run.Run.artifact`."""
        self.check()
        title = f"fetch {artifact.name} {artifact.version}"

        def progress(message: str) -> None:
            self.emit(EventKind.STEP_PROGRESS, step=title, message=message)

        path = self._artifacts.fetch(artifact, progress)
        return delivered(instance.remote, artifact, lambda remote: self._artifacts.deliver(remote, path, artifact))

    def warn(self, message: str, **fields: Any) -> None:
        """Tell of something that went wrong and stops nothing."""
        self._log.warning(message)
        self.emit(EventKind.WARNING, message=message, **fields)


def _host_event(step: str, phase: str, host: str, outcome: Outcome[Any, Any]) -> tuple[EventKind, dict[str, Any]]:
    data: dict[str, Any] = {"seconds": round(outcome.seconds, 3)}
    fields: dict[str, Any] = {"phase": phase, "step": step, "host": host, "data": data}
    if outcome.error is None:
        return EventKind.HOST_FINISHED, fields
    data["error"] = in_short(outcome.error)
    return EventKind.HOST_FAILED, {**fields, "message": briefly(outcome.error)}


def _in_vain(what: str, timeout: float, last: RemoteError | None) -> DeadlineExceeded:
    because = f"; the last answer was: {briefly(last)}" if last else ""
    hint = "see why in the logs of the services it is about, or raise the limit"
    return DeadlineExceeded(
        f"{what} did not happen within {timeout:g} s{because}", place=what, hint=hint, details={"limit": timeout}
    )


def _seconds(began: float) -> dict[str, float]:
    return {"seconds": round(time.monotonic() - began, 3)}


def _names(instances: Sequence[Instance]) -> list[str]:
    return [instance.instance_name for instance in instances]
