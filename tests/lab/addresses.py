"""Addresses for a lab that clash with nothing this machine knows."""

import json
import random
import subprocess
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

RANGE = IPv4Network("10.0.0.0/8")


def in_use() -> list[IPv4Network]:
    """Every network this machine has a route to, but for the way out."""
    listed = subprocess.run(["ip", "-4", "-json", "route", "show", "table", "all"], capture_output=True, check=True)
    routes = [route["dst"] for route in json.loads(listed.stdout) if route["dst"] != "default"]
    return [IPv4Network(destination, strict=False) for destination in routes]


def free(taken: Iterable[IPv4Network], choice: random.Random) -> IPv4Network:
    """A network of 254 addresses out of 10.0.0.0/8 that overlaps none of those taken.

    Raises:
        LookupError: all of it is taken.
    """
    occupied = [network for network in taken if network.overlaps(RANGE)]
    first = choice.randrange(2**16)
    for number in range(first, first + 2**16):
        network = IPv4Network((int(RANGE.network_address) + (number % 2**16 << 8), 24))
        if not any(network.overlaps(other) for other in occupied):
            return network
    raise LookupError(f"no network is free in {RANGE}")


def controller_of(network: IPv4Network) -> IPv4Address:
    """The address of this machine in a lab's network."""
    return network[1]


def host_of(network: IPv4Network, number: int) -> IPv4Address:
    """The address of a host, counted from 1."""
    return network[10 + number]
