"""Passes frames between two network interfaces, both ways, each a while after it came.

Arguments: the interfaces, and the while in seconds. Says a line when it is ready.
"""

import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping

# From linux/if_packet.h, linux/if_ether.h and asm/socket.h.
SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SOL_SOCKET = 1

LARGEST = 2**17  # bytes: a segment not yet cut into frames, as virtual interfaces pass them on
ROOM = 2**25  # bytes of frames that may wait to be read


def opened(interface: str) -> socket.socket:
    """A socket that gets every frame which comes in, and sends frames out.

    Each is preceded by what the kernel still has to do to it: cut it to size, fill its checksum in.
    """
    endpoint = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    endpoint.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    endpoint.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    endpoint.setsockopt(SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
    endpoint.setblocking(False)
    endpoint.bind((interface, ETH_P_ALL))
    return endpoint


def frames(endpoint: socket.socket) -> Iterator[bytes]:
    """Every frame that waits to be read."""
    while True:
        try:
            yield endpoint.recv(LARGEST)
        except OSError:  # none does; or the link has just gone down, which is told once
            return


def relay(ways: Mapping[socket.socket, socket.socket], delay: float) -> None:
    """Pass frames on, for ever.

    Args:
        ways: whither, by whence.
        delay: seconds.
    """
    waiting: deque[tuple[float, socket.socket, bytes]] = deque()
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select(list(ways), [], [], pause)
        now = time.monotonic()
        for source in readable:
            waiting.extend((now + delay, ways[source], frame) for frame in frames(source))
        while waiting and waiting[0][0] <= time.monotonic():
            _, target, frame = waiting.popleft()
            try:
                target.send(frame)
            except OSError:  # a link that is down, or whose queue is full, loses frames
                continue


def main(here: str, there: str, delay: str) -> None:
    """Relay between those two interfaces."""
    one, other = opened(here), opened(there)
    print("ready", flush=True)
    relay({one: other, other: one}, float(delay))


if __name__ == "__main__":
    main(*sys.argv[1:])
