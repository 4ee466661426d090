"""One command over a shared connection: started, followed, ended."""

import fcntl
import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

from serai.engine.remote.frames import Frame
from serai.engine.remote.mux import Control, Kind, Message
from serai.engine.remote.transport import Limit
from serai.engine.remote.watch import Watch

_CHUNK: Final = 256 * 1024
_WIDE: Final = 1024 * 1024


class Session:
    """A command on the machine, from the request to its end. For one thread.

    Args:
        control: the connection's socket, of one's own.
        token: what the marks in its streams begin with.
        stdout: takes its standard output; kept here when None.

    Attributes:
        opened: whether it may have begun: until then it certainly has not.
        refused: why the machine takes no further session; ``""`` when it did.
        status: of the shell around it, when that was told.
    """

    def __init__(self, control: Control, token: str, stdout: IO[bytes] | None) -> None:
        self._control = control
        self._much = stdout is not None
        self._output = bytearray()
        self._errors = bytearray()
        self.stdout = Frame(token, self._output.extend if stdout is None else _writer(stdout))
        self.stderr = Frame(token, self._errors.extend)
        self.opened = False
        self.refused = ""
        self.status: int | None = None
        self._listening = True

    @property
    def ended(self) -> bool:
        """Whether the command has told on both streams that it has ended."""
        return self.stdout.ended and self.stderr.ended

    @property
    def output(self) -> bytes:
        """Its standard output, unless that went elsewhere."""
        return bytes(self._output)

    @property
    def errors(self) -> bytes:
        """Its standard error."""
        return bytes(self._errors)

    def follow(self, line: bytes, stdin: int, watch: Watch) -> Limit | None:
        """Start the command and follow it until it has ended, its connection has, or a limit has passed.

        Args:
            line: what the login shell is to run.
            stdin: descriptor of its standard input.
            watch: its limits.

        Returns:
            The limit that has passed.

        Raises:
            OperationCancelled: all is to stop.
            OSError: what it wrote cannot be written.
        """
        out, remote_out = os.pipe()
        if self._much:
            _widen(out)
        err, remote_err = os.pipe()
        try:
            try:
                self._control.open_session(line, (stdin, remote_out, remote_err))
            finally:
                os.close(remote_out)
                os.close(remote_err)
            return self._listen({out: self.stdout, err: self.stderr}, watch)
        finally:
            os.close(out)
            os.close(err)
            self._control.close()
            self.stdout.finish()
            self.stderr.finish()

    def _listen(self, streams: dict[int, Frame], watch: Watch) -> Limit | None:
        poll = select.poll()
        for descriptor in (*streams, self._control.fileno()):
            poll.register(descriptor, select.POLLIN)
        unread = set(streams)
        while unread or self._listening:
            for descriptor, _ in poll.poll(watch.pause() * 1000):
                if descriptor not in streams:
                    more = self._hear()
                elif more := self._read(descriptor, streams[descriptor]):
                    watch.heard()
                if not more:
                    poll.unregister(descriptor)
                    unread.discard(descriptor)
            if self.ended or self.refused:
                return None
            if (limit := watch.exceeded()) is not None:
                return limit
        return None

    def _read(self, descriptor: int, frame: Frame) -> bool:
        data = os.read(descriptor, _CHUNK)
        frame.feed(data)
        return bool(data)

    def _hear(self) -> bool:
        messages = self._control.receive()
        for message in messages or ():
            self._note(message)
        self._listening = messages is not None
        return self._listening

    def _note(self, message: Message) -> None:
        if message.kind is Kind.OPENED:
            self.opened = True
        elif message.kind is Kind.EXITED:
            self.status = message.status
        else:
            self.refused = message.reason or "no reason given"


def _widen(pipe: int) -> None:
    """Fewer, larger pieces; what an unprivileged user may have of that is limited."""
    with suppress(PermissionError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _WIDE)


def _writer(file: IO[bytes]) -> Callable[[memoryview], object]:
    """Writes all of it past the file's own buffer, as a program that has inherited it would."""

    def write(data: memoryview) -> None:
        while data:
            data = data[os.write(file.fileno(), data) :]

    return write
