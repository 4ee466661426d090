"""An operation in memory: what is lent to hooks on a stage."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from serai.hookspec.artifacts import Artifact
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import (
    DeadlineExceeded,
    HostsFailed,
    OperationCancelled,
    RemoteError,
    SeraiError,
    briefly,
)
from serai.hookspec.remote import Remote
from serai.hookspec.testing.fleet.clocks import Clock, VirtualClock
from serai.hookspec.transcripts.observed import delivered

T = TypeVar("T")

_LOOKS: Final = 100
"""As often a probe is called within its limit at most: where time passes at once, nothing comes of more."""

_LOG: Final = logging.getLogger("serai.testing.stage")


class StageRun:
    """Implements :class:`serai.hookspec.run.Run`. Waiting takes the time of a clock that may be virtual.

    Args:
        clock: the fleet's.
        threads: how many instances are worked on at a time; 1 for one after the other, so that the n-th call of an
            operation is the same each time.

    Attributes:
        steps: titles of the steps that were begun, in order.
        failed: titles of those that failed.
        fan_outs: (step, names of the instances) of what was done on many.
        artifacts: (name of the instance, artifact) of what was wanted, in order.
        waits: what was waited for.
    """

    def __init__(self, clock: Clock, *, threads: int = 1) -> None:
        self.steps: Final[list[str]] = []
        self.failed: Final[list[str]] = []
        self.fan_outs: Final[list[tuple[str, tuple[str, ...]]]] = []
        self.artifacts: Final[list[tuple[str, Artifact]]] = []
        self.waits: Final[list[str]] = []
        self._clock = clock
        self._threads = threads
        self._cancelled = threading.Event()
        self._log = logging.LoggerAdapter(_LOG, {})

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        return self._log

    def cancel(self) -> None:
        """Ask the operation to stop."""
        self._cancelled.set()

    def check(self) -> None:
        if self.cancelled:
            raise OperationCancelled("the operation was cancelled")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.check()
        self.steps.append(title)
        try:
            yield
        except BaseException as error:
            self.failed.append(title)
            if isinstance(error, SeraiError):
                error.details.setdefault("step", title)
            raise

    def each(
        self, instances: Sequence[Instance], function: Callable[[Instance], T], *, step: str, timeout: float = 900.0
    ) -> list[T]:
        self.fan_outs.append((step, tuple(instance.instance_name for instance in instances)))
        failures: dict[str, BaseException] = {}

        def attempt(instance: Instance) -> T | None:
            if self.cancelled:
                return None
            began = self._clock.now()
            try:
                result = function(instance)
                if self._threads == 1:  # others' time passes on the same clock
                    self._demand_in_time(instance, began, timeout)
                return result
            except Exception as error:  # noqa: BLE001 - kept, and raised when all are done; a Crash is none
                failures[instance.instance_name] = error
                return None

        with self.step(step):
            results: list[Any] = self._done(attempt, instances)
            self.check()
            if failures:
                names = [instance.instance_name for instance in instances]
                raise HostsFailed(step, {name: failures[name] for name in names if name in failures})
            return results

    def wait_until(self, probe: Callable[[], T | None], *, what: str, timeout: float, interval: float = 0.2) -> T:
        self.waits.append(what)
        deadline = self._clock.now() + timeout
        while True:
            self.check()
            last: RemoteError | None = None
            try:
                if answer := probe():
                    return answer
            except RemoteError as error:
                last = error
            remaining = deadline - self._clock.now()
            if remaining <= 0:
                because = f"; the last answer was: {briefly(last)}" if last else ""
                message = f"{what} did not happen within {timeout:g} s{because}"
                raise DeadlineExceeded(message, place=what, details={"limit": timeout}) from last
            self._clock.sleep(min(self._pause(interval, timeout), remaining))

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        self.check()
        self.artifacts.append((instance.instance_name, artifact))

        def deliver(remote: Remote) -> str:
            directory = f"{remote.layout.dist}/artifacts/{artifact.name}-{artifact.version}"
            remote.put({f"{directory}/.artifact": f"{artifact.name} {artifact.version}\n"})
            return directory

        return delivered(instance.remote, artifact, deliver)

    def _pause(self, interval: float, timeout: float) -> float:
        return max(interval, timeout / _LOOKS) if isinstance(self._clock, VirtualClock) else interval

    def _done(self, attempt: Callable[[Instance], Any], instances: Sequence[Instance]) -> list[Any]:
        if self._threads == 1:
            return [attempt(instance) for instance in instances]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(attempt, instances))

    def _demand_in_time(self, instance: Instance, began: float, limit: float) -> None:
        if self._clock.now() - began > limit:
            raise DeadlineExceeded(f"not done within {limit:g} s", host=instance.instance_name)
