"""The one connection to a machine that all in a pool share: opened when it is needed, and again when it broke."""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex
from threading import BoundedSemaphore, Event, Lock
from typing import Final

from serai.engine.remote import ssh_options
from serai.engine.remote.ssh_failures import CLOSED, Attempt, turned_away
from serai.engine.remote.ssh_master import Master, NoConnection, open_master
from serai.engine.remote.ssh_scripts import reaper_line
from serai.engine.remote.ssh_trust import Trust
from serai.engine.remote.transport import Limit
from serai.engine.remote.watch import Signal, Watch
from serai.hookspec.remote import SshEndpoint

_AT_A_TIME: Final = 8
"""Commands at a time: sshd takes ten sessions (MaxSessions), of which one holds the connection and one may kill."""

_SECOND_THOUGHTS: Final = (0.2, 0.5, 1.0)
"""Seconds after which a machine that turns connections away is tried again."""


class Link:
    """The way to one machine. Safe to be used by several threads at once.

    Args:
        endpoint: where to; labels, prefix and environment do not matter.
        directory: private, for what ssh needs in files; its path is short.
        limit: seconds for opening a connection.
        cancelled: set when all is to stop.

    Attributes:
        address: where to.
        limit: seconds for opening a connection.
        trust: the keys it may prove itself with.
        killing: held by who ends something on the machine: a session is kept for that, and not more.

    Raises:
        ValueError: address or keys cannot be what they are meant to be.
    """

    def __init__(self, endpoint: SshEndpoint, directory: Path, limit: float, cancelled: Signal | None) -> None:
        self.address = ssh_options.checked_address(endpoint.address)
        self.limit = limit
        self.killing = Lock()
        self._endpoint = endpoint
        self._name = directory / token_hex(3)
        self._cancelled = cancelled
        self._closed = Event()
        self._slots = BoundedSemaphore(_AT_A_TIME)
        self._lock = Lock()
        self._running = 0
        self._numbers = count(1)
        self._master: Master | None = None
        self._opening: _Opening | None = None
        self.trust = Trust(endpoint, self._name.with_suffix(".keys"))

    def is_set(self) -> bool:
        """Whether all that runs over it is to stop."""
        return self._closed.is_set() or (self._cancelled is not None and self._cancelled.is_set())

    def options(self, limit: float) -> list[str]:
        """Options for ssh, without the address.

        Args:
            limit: seconds for connecting.
        """
        return [*ssh_options.login(self._endpoint), *ssh_options.always(limit), *self.trust.options]

    @contextmanager
    def slot(self, watch: Watch) -> Iterator[Limit | None]:
        """Room for one command more. Gives the limit that passed before there was any.

        Raises:
            OperationCancelled: all is to stop.
        """
        while not self._slots.acquire(timeout=watch.pause()):
            if (limit := watch.exceeded()) is not None:
                yield limit
                return
        with self._lock:
            self._running += 1
        try:
            yield None
        finally:
            with self._lock:
                self._running -= 1
            self._slots.release()

    @property
    def shared(self) -> bool:
        """Whether more than one command is at work."""
        return self._running > 1

    def master(self, watch: Watch) -> tuple[Master, bool]:
        """The open connection; it is opened by the first who asks, for all who do meanwhile.

        Args:
            watch: how long the caller can wait.

        Returns:
            It, and whether it was opened in the place of one that was lost.

        Raises:
            NoConnection: it could not be opened.
            OperationCancelled: all is to stop.
        """
        while True:
            with self._lock:
                if self._closed.is_set():
                    raise NoConnection(Attempt(self.address, 0, CLOSED))
                if self._master is not None and self._master.alive:
                    return self._master, False
                opening, mine = self._opening or Future(), self._opening is None
                self._opening = opening
            if mine:
                return self._open(opening, watch)
            self._await(opening, watch)

    def part(self) -> None:
        """Begin to let go of the machine."""
        self._closed.set()
        with self._lock:
            if self._master is not None:
                self._master.part(sparing=self._running == 0)

    def end(self, patience: float) -> None:
        """Let go of the machine; nothing is left here afterwards."""
        with self._lock:
            if self._master is not None:
                self._master.end(patience)
        self.trust.forget()

    def _await(self, opening: "_Opening", watch: Watch) -> None:
        """Wait for another's attempt; its failure is that of all who waited, unless it was given up."""
        try:
            result = opening.result(watch.pause())
        except TimeoutError:
            if watch.exceeded() is not None:
                raise NoConnection(Attempt(self.address, watch.seconds, overdue=True)) from None
            return
        if isinstance(result, NoConnection):
            raise result

    def _open(self, opening: "_Opening", watch: Watch) -> tuple[Master, bool]:
        result: Master | NoConnection | None = None
        lost = False
        try:
            result = self._connect(watch)
        except NoConnection as failure:
            result = failure
            raise
        finally:
            lost = self._conclude(result)
            opening.set_result(result)
        return result, lost

    def _conclude(self, result: Master | NoConnection | None) -> bool:
        """Note how opening went; tells whether there had been a connection before."""
        with self._lock:
            self._opening = None
            if not isinstance(result, Master):
                return False
            lost, self._master = self._master, result
            unwanted = [master for master in (lost, result if self._closed.is_set() else None) if master]
        for master in unwanted:
            master.part(sparing=True)
            master.end(0.0)
        return lost is not None

    def _connect(self, watch: Watch) -> Master:
        watch = Watch(min(self.limit, watch.left()), None, self)
        for patience in _SECOND_THOUGHTS:
            try:
                return self._try(watch)
            except NoConnection as failure:
                if not turned_away(failure.attempt):
                    raise
            # Not all at the same time again.
            time.sleep(min(watch.left(), patience * random.uniform(0.5, 1.5)))  # noqa: S311 - nothing secret
        return self._try(watch)

    def _try(self, watch: Watch) -> Master:
        limit = watch.left()
        socket = self._name.with_suffix(f".{next(self._numbers)}")
        options = ["-M", *ssh_options.control(str(socket)), *self.options(limit), *ssh_options.SESSION]
        return open_master(
            [*options, "--", self.address, os.fsdecode(reaper_line())],
            socket,
            token_hex(8),
            Attempt(self.address, limit, pinned=self.trust.keys),
            watch,
        )


_Opening = Future[Master | NoConnection | None]
