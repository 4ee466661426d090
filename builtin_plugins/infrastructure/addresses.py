"""Loopback addresses for machines: which are free, in which order. Pure, but for one look at what listens."""

import hashlib
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import Final

NETWORK: Final = ip_network("127.64.0.0/10")
"""All of 127.0.0.0/8 is loopback; this quarter of it is far from 127.0.0.x, which everybody uses."""

_LISTENING: Final = "0A"
_OUTER: Final = (0, 255)


def free_addresses(root: str, taken: Container[str]) -> Iterator[str]:
    """The addresses that are not taken.

    Each root begins at an address of its own, so that two roots on one machine, which know nothing of each other,
    are all but certain never to give the same one.

    Args:
        root: the directory the machines live in.
        taken: addresses in use.
    """
    first, size = int(NETWORK.network_address), NETWORK.num_addresses
    # On a boundary of 256, so that a root's addresses are easy to tell.
    start = int.from_bytes(hashlib.sha256(root.encode()).digest()[:4], "big") % size & ~0xFF
    for step in range(size):
        address = IPv4Address(first + (start + step) % size)
        if address.packed[3] not in _OUTER and str(address) not in taken:
            yield str(address)


def listened_addresses(lines: Iterable[str]) -> frozenset[str]:
    """The IPv4 addresses something listens on, from the lines of ``/proc/net/tcp`` and ``tcp6``."""
    found: set[str] = set()
    for line in lines:
        fields = line.split()
        if len(fields) > 3 and fields[3] == _LISTENING:
            # An IPv6 socket has the IPv4 address in its last word.
            word = fields[1].partition(":")[0][-8:]
            found.add(str(IPv4Address(int(word, 16).to_bytes(4, sys.byteorder))))
    return frozenset(found)


def listened_here() -> frozenset[str]:
    """The IPv4 addresses something on this machine listens on."""
    lines: list[str] = []
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            lines += Path("/proc/net", name).read_text().splitlines()
    return listened_addresses(lines)
