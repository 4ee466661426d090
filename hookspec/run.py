"""What an operation lends to a hook: fan-out, progress, waiting, artifacts, cancellation."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from serai.hookspec.artifacts import Artifact
from serai.hookspec.cluster import Instance

T = TypeVar("T")


class Run(Protocol):
    """An operation, as its hooks see it.

    Hooks must converge: called again after a crash they finish the job.
    """

    @property
    def cancelled(self) -> bool:
        """Whether the operation was asked to stop."""
        ...

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """A logger whose records carry the operation and the cluster."""
        ...

    def check(self) -> None:
        """Come here in long loops.

        Raises:
            OperationCancelled: the operation was asked to stop.
        """
        ...

    def step(self, title: str) -> AbstractContextManager[None]:
        """A named part of the work, with events when it begins and ends."""
        ...

    def each(
        self,
        instances: Sequence[Instance],
        function: Callable[[Instance], T],
        *,
        step: str,
        timeout: float = 900.0,
    ) -> list[T]:
        """Do the same on many instances in parallel.

        Args:
            instances: where.
            function: called with each instance, in a thread of its own.
            step: what the work is called in events and errors.
            timeout: seconds for each instance.

        Returns:
            The results, in the order of ``instances``.

        Raises:
            HostsFailed: it failed on some; every failure is kept, after all others were done.
        """
        ...

    def wait_until(
        self,
        probe: Callable[[], T | None],
        *,
        what: str,
        timeout: float,
        interval: float = 0.2,
    ) -> T:
        """Call a probe until it returns something true, at least once.

        Args:
            probe: returns a true value when done. RemoteError counts as "not yet".
            what: what is waited for, for the error and the log.
            timeout: seconds until giving up.
            interval: seconds between two calls.

        Returns:
            What the probe returned.

        Raises:
            DeadlineExceeded: naming ``what``, the limit, and the probe's last answer or error.
            OperationCancelled: the operation was asked to stop.
        """
        ...

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        """Have an artifact on an instance: fetched once, verified, and delivered unless it is there already.

        Returns:
            The path on the instance of the directory that holds it.

        Raises:
            ArtifactError: it could not be had from any source, or did not match its checksum.
        """
        ...
