"""The connections of one pool: one to each machine, however many names and directories it has there."""

import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from serai.engine.remote.ssh_failures import CLOSED
from serai.engine.remote.ssh_link import Link
from serai.engine.remote.watch import Signal
from serai.hookspec.errors import RemoteError
from serai.hookspec.remote import SshEndpoint

_PATIENCE: Final = 2.0
"""Seconds that connections get to end properly, all together."""

_PLAIN: Final = re.compile(r"/[A-Za-z0-9/._-]{0,49}")
"""A directory in which the name of a socket fits into what the kernel takes, and is taken by ssh as it is."""

Destination = tuple[str, str, int, str, str]


class Links:
    """Safe to be used by several threads at once.

    Args:
        limit: seconds for opening a connection.
        cancelled: set when all is to stop.
    """

    def __init__(self, limit: float, cancelled: Signal | None) -> None:
        self._limit = limit
        self._cancelled = cancelled
        self._lock = Lock()
        self._links: dict[Destination, list[Link]] = {}
        self._directory: Path | None = None
        self._closed = False

    def to(self, endpoint: SshEndpoint) -> Link:
        """The way to an endpoint: one that is there already, if the machine has proved or will prove itself as asked.

        Raises:
            RemoteError: all were closed.
            ValueError: the endpoint's address or keys cannot be what they are meant to be.
        """
        with self._lock:
            if self._closed:
                raise RemoteError(CLOSED, host=endpoint.host, code="NOT_CONNECTED")
            known = self._links.setdefault(destination(endpoint), [])
            for link in known:
                if link.trust.serves(endpoint):
                    return link
            if self._directory is None:
                self._directory = private_directory()
            known.append(Link(endpoint, self._directory, self._limit, self._cancelled))
            return known[-1]

    def close(self) -> None:
        """End all connections, within a few seconds whatever the machines do."""
        with self._lock:
            self._closed = True
            links = [link for known in self._links.values() for link in known]
            directory, self._directory = self._directory, None
            self._links.clear()
        for link in links:
            link.part()
        deadline = time.monotonic() + _PATIENCE
        for link in links:
            link.end(max(0.0, deadline - time.monotonic()))
        if directory is not None:
            shutil.rmtree(directory)


def destination(endpoint: SshEndpoint) -> Destination:
    """What tells one machine and login from another, as far as ssh is told."""
    return endpoint.address, endpoint.user, endpoint.port, endpoint.identity_file, endpoint.config_file


def private_directory() -> Path:
    """A new directory with a short path for this user alone."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    # ssh fills in what it takes for variables, so that not every path would be left as it is.
    if _PLAIN.fullmatch(runtime):
        with suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="serai-", dir=runtime))
    try:
        return Path(tempfile.mkdtemp(prefix="serai-", dir="/tmp"))
    except OSError as error:
        raise RemoteError(
            f"no directory can be made here for connections: {error}",
            host="here",
            code="NO_DIRECTORY_HERE",
            hint="see whether /tmp has space, and the right to write; XDG_RUNTIME_DIR can name another",
        ) from error
