"""A connection of ssh's that many commands share: opened and watched as a child process, ended for sure."""

import os
import select
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Final, cast

from attrs import evolve

from serai.engine.remote.ssh_failures import CANNOT_START, Attempt
from serai.engine.remote.watch import Watch

_SSH_FAILED: Final = 255
_MOMENT: Final = 0.3
_LAST_WORDS: Final = 2.0
"""Seconds that ssh gets to end after it has closed its streams."""

_CHUNK: Final = 64 * 1024
_KEPT: Final = 4096
"""Bytes of what a login shell says that are kept, for an error."""


class NoConnection(Exception):
    """No connection came about; ``attempt`` has what is known of it."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.said)
        self.attempt = attempt


class Master:
    """An open connection.

    Its own session on the machine is a script that ends when its standard input does: a pipe that this process holds.
    So whatever ends this process ends the connection too, and the script kills what was left running over it.

    Args:
        process: ssh.
        errors: what it writes.
        socket: where it listens for those who share it.
        token: what commands over it begin their own with.
    """

    def __init__(self, process: "Popen[bytes]", errors: IO[bytes], socket: Path, token: str) -> None:
        self._process = process
        self._errors = errors
        self._numbers = count(1)
        self.socket = socket
        self._token = token

    @property
    def alive(self) -> bool:
        """Whether the connection is up, as far as ssh knows."""
        return self._process.poll() is None

    @property
    def said(self) -> str:
        """What ssh has written."""
        return _readable(os.pread(self._errors.fileno(), 64 * 1024, 0))

    def next_token(self) -> str:
        """What the marks of a new command begin with. No token is the beginning of another."""
        return f"{self._token}.{next(self._numbers)}."

    def settle(self) -> None:
        """Give ssh the moment it needs to end, when it seems to."""
        with suppress(TimeoutExpired):
            self._process.wait(_MOMENT)

    def prove(self, attempt: Attempt, watch: Watch) -> None:
        """Wait until the machine has shown that a command can be run there.

        Raises:
            NoConnection: it has not.
            OperationCancelled: all is to stop.
        """
        stdin, stdout = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        heard, proof = b"", f"{self._token}\n".encode()
        with suppress(BrokenPipeError):
            os.write(stdin.fileno(), proof)
        poll = select.poll()
        poll.register(stdout, select.POLLIN)
        while proof not in heard:
            # Looked at also while it talks: a login shell may do so without end.
            if watch.exceeded() is not None:
                raise NoConnection(evolve(attempt, said=self.said + _readable(heard), overdue=True))
            if poll.poll(watch.pause() * 1000):
                data = os.read(stdout.fileno(), _CHUNK)
                heard = heard[-_KEPT:] + data
                if not data:
                    raise self._failed(attempt, heard)

    def part(self, *, sparing: bool) -> None:
        """Begin to end the connection.

        Args:
            sparing: whether what still runs over it may go on; it is killed otherwise.
        """
        stdin = cast(IO[bytes], self._process.stdin)
        with suppress(OSError, ValueError):
            os.set_blocking(stdin.fileno(), False)
            if sparing:
                os.write(stdin.fileno(), b"leave\n")
        stdin.close()

    def end(self, patience: float) -> None:
        """End the connection, and wait until nothing of it is left here.

        Args:
            patience: seconds it gets to end by itself.
        """
        try:
            self._process.wait(patience)
        except TimeoutExpired:
            # ssh leads a session of its own, with all that ssh_config makes it start.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, SIGKILL)
            self._process.wait()
        for stream in (self._process.stdout, self._errors):
            cast(IO[bytes], stream).close()
        self.socket.unlink(missing_ok=True)

    def _failed(self, attempt: Attempt, heard: bytes) -> NoConnection:
        with suppress(TimeoutExpired):
            self._process.wait(_LAST_WORDS)
        said = self.said + _readable(heard)
        logged_in = (self._process.returncode or 0) >= 0 and self._process.returncode != _SSH_FAILED
        return NoConnection(evolve(attempt, said=said, logged_in=logged_in))


def _readable(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def open_master(arguments: Iterable[str], socket: Path, token: str, attempt: Attempt, watch: Watch) -> Master:
    """Open a connection.

    Args:
        arguments: of ssh, the address and the script among them.
        socket: where it is to listen.
        token: drawn by lot.
        attempt: what to say of it when it fails.
        watch: how long it may take.

    Raises:
        NoConnection: it did not come about.
        OperationCancelled: all is to stop.
    """
    # Here and not above: plumbum takes longer to import than all the engine.
    from plumbum.machines.local import LocalCommand

    errors = open(os.memfd_create("ssh"), "w+b")  # noqa: SIM115 - the master closes it
    environment = {**os.environ, "SSH_ASKPASS_REQUIRE": "never"}
    try:
        process = LocalCommand("ssh").popen(
            list(arguments), cwd="/", env=environment, stdin=PIPE, stdout=PIPE, stderr=errors, new_session=True
        )
    except OSError as error:
        errors.close()
        raise NoConnection(evolve(attempt, said=f"{CANNOT_START}: {error.strerror}")) from error
    master = Master(cast("Popen[bytes]", process), errors, socket, token)
    try:
        master.prove(attempt, watch)
    except BaseException:
        master.part(sparing=True)
        master.end(0.0)
        raise
    return master
