"""A connection from a machine to somewhere, as a socket here: what ``ssh -W`` does, over a shared connection."""

import io
import os
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Thread
from typing import IO, Final

from serai.engine.remote.mux import Control, Kind, MasterGone
from serai.engine.remote.ssh_master import Master
from serai.engine.remote.watch import Watch

_CHUNK: Final = 64 * 1024


@contextmanager
def stream(master: Master, host: str, port: int, watch: Watch) -> Iterator[socket.socket]:
    """Connect the machine to an address, as it sees it, while the context lasts.

    Args:
        master: the connection to the machine.
        host: name or address.
        port: TCP port.
        watch: how long it may take.

    Raises:
        MasterGone: the connection to the machine was lost.
        ConnectionError: it could not connect.
        TimeoutError: it did not, in time.
        OperationCancelled: all is to stop.
    """
    with ExitStack() as stack:
        near, middle = (stack.enter_context(end) for end in socket.socketpair())
        source, sink = _pipe(stack)
        control = Control(str(master.socket), max(0.1, watch.left()))
        stack.callback(control.close)
        control.open_stream(host, port, (middle.fileno(), sink.fileno()))
        sink.close()
        _await(control, watch)
        pump = Thread(target=_pump, args=(source, middle), name="serai-stream", daemon=True)
        pump.start()
        stack.callback(pump.join)
        # First of all, so that the pump ends, whichever end it waits for.
        stack.callback(_cut, near, control)
        near.settimeout(watch.left())
        yield near


def _pipe(stack: ExitStack) -> tuple[io.BufferedReader, IO[bytes]]:
    source, sink = os.pipe()
    return stack.enter_context(open(source, "rb")), stack.enter_context(open(sink, "wb", buffering=0))


def _cut(near: socket.socket, control: Control) -> None:
    near.close()
    control.close()


def _await(control: Control, watch: Watch) -> None:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        if not poll.poll(watch.pause() * 1000):
            if watch.exceeded() is not None:
                raise TimeoutError("the machine did not connect in time")
            continue
        messages = control.receive()
        if messages is None:
            raise MasterGone("it ended meanwhile")
        for message in messages:
            if message.kind is Kind.OPENED:
                return
            raise ConnectionRefusedError(
                "the machine could not connect (nothing listens there, or its sshd has AllowTcpForwarding no):"
                f" {message.reason}"
            )


def _pump(source: io.BufferedReader, destination: socket.socket) -> None:
    """Carry over what arrives, and then its end: ssh itself cannot end one direction of a socket alone."""
    with suppress(OSError):
        while data := source.read1(_CHUNK):
            destination.sendall(data)
        destination.shutdown(socket.SHUT_WR)
