"""The protocol between ssh and the master of a shared connection, as far as sessions and streams need it.

Spoken here, and not by an ``ssh`` of its own for every command: starting that costs more than all the rest. It is
version 4, unchanged since 2010, and described in PROTOCOL.mux of OpenSSH.
"""

import socket
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from attrs import frozen

_VERSION: Final = 4
_HELLO: Final = 0x00000001
_NEW_SESSION: Final = 0x10000002
_NEW_STREAM: Final = 0x10000008
_NO_ESCAPE: Final = 0xFFFFFFFF
_REQUEST: Final = 1


class Kind(IntEnum):
    """What a master says that matters here."""

    DENIED = 0x80000002
    FAILED = 0x80000003
    EXITED = 0x80000004
    OPENED = 0x80000006


@frozen
class Message:
    """Something that a master said.

    Attributes:
        kind: what about.
        reason: why it was refused.
        status: how a session's command ended.
    """

    kind: Kind
    reason: str = ""
    status: int = 0


class MasterGone(Exception):
    """The master is not there any more, or does not listen. What was asked of it was not done."""


class Control:
    """A client's end of a master's socket. What was opened over it lasts until it is closed.

    Args:
        path: the socket.
        timeout: seconds a master may take to read what is said to it.

    Raises:
        MasterGone: no master is there.
    """

    def __init__(self, path: str, timeout: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._received = b""
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(path)
        except OSError as error:
            self.close()
            raise MasterGone(str(error)) from error

    def fileno(self) -> int:
        """The descriptor to be polled."""
        return self._socket.fileno()

    def open_session(self, command: bytes, descriptors: tuple[int, int, int]) -> None:
        """Ask for a command to be run with these for its streams. The answer comes as a message."""
        flags = struct.pack(">5I", 0, 0, 0, 0, _NO_ESCAPE)
        self._ask(_NEW_SESSION, _string(b"") + flags + _string(b"") + _string(command), descriptors)

    def open_stream(self, host: str, port: int, descriptors: tuple[int, int]) -> None:
        """Ask for a connection from the machine to somewhere, fed from one, and read into the other."""
        body = _string(b"") + _string(host.encode()) + struct.pack(">I", port)
        self._ask(_NEW_STREAM, body, descriptors)

    def receive(self) -> list[Message] | None:
        """What the master has said since; None when it has closed the connection. For when there is something."""
        try:
            data = self._socket.recv(4096)
        except ConnectionError:
            data = b""
        if not data:
            return None
        self._received += data
        return list(self._messages())

    def close(self) -> None:
        """End what was opened."""
        self._socket.close()

    def _ask(self, request: int, body: bytes, descriptors: tuple[int, ...]) -> None:
        hello = struct.pack(">2I", _HELLO, _VERSION)
        try:
            self._socket.sendall(_string(hello) + _string(struct.pack(">2I", request, _REQUEST) + body))
            for descriptor in descriptors:
                socket.send_fds(self._socket, [b"\0"], [descriptor])
        except OSError as error:
            raise MasterGone(str(error)) from error

    def _messages(self) -> Iterator[Message]:
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4])
            if len(self._received) < end:
                return
            packet, self._received = self._received[4:end], self._received[end:]
            if (message := parse(packet)) is not None:
                yield message


def parse(packet: bytes) -> Message | None:
    """Read one packet of a master; None for what does not matter here."""
    kind, value = struct.unpack_from(">2I", packet)
    if kind == _HELLO and value != _VERSION:
        return Message(Kind.FAILED, reason=f"ssh speaks version {value} of its control protocol, not {_VERSION}")
    if kind in (Kind.DENIED, Kind.FAILED):
        return Message(Kind(kind), reason=packet[12:].decode("utf-8", "backslashreplace"))
    if kind == Kind.EXITED:
        return Message(Kind.EXITED, status=int(struct.unpack_from(">I", packet, 8)[0]))
    return Message(Kind.OPENED) if kind == Kind.OPENED else None


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data
