"""Pantry in memory: what hosts answer when the plugin is tested without machines."""

import json
from urllib.parse import urlsplit

from serai.hookspec.remote import CompletedCommand
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, VirtualClock, said


def fleet() -> Fleet:
    """Hosts in memory whose keeper, once started, lists the shelves that run."""
    hosts = Fleet(clock=VirtualClock())

    def answer(host: FleetHost, asked: Asked) -> CompletedCommand:
        running = servers(hosts)
        url = urlsplit(asked.argv[1])
        if running.get(url.netloc) != "keeper":
            return said(status=1, stderr="connection refused")
        drained = json.loads(asked.stdin or b"[]")
        listed = drained if url.path == "/drain" else [each for each, process in running.items() if process == "shelf"]
        return said(json.dumps(dict.fromkeys(listed, 0)))

    hosts.answer(lambda asked: asked.argv[0] in ("GET", "POST"), answer)
    return hosts


def servers(hosts: Fleet) -> dict[str, str]:
    """What listens: process by address."""
    return {
        f"{host.address}:{port}": process
        for host in hosts.hosts.values()
        for port, process in host.processes.listeners.items()
    }


def hold(hosts: Fleet, name: str) -> None:
    """Have one thing stay on a host's shelf, however often the keeper is asked to move it."""
    address = hosts.host(name).address

    def answer(host: FleetHost, asked: Asked) -> CompletedCommand:
        shelves = json.loads(asked.stdin)
        return said(json.dumps({shelf: int(shelf.startswith(f"{address}:")) for shelf in shelves}))

    hosts.answer(lambda asked: asked.argv[-1].endswith("/drain"), answer)


TESTING = Testing(fleet=fleet, hold=hold, monotone=("shelf",))
"""What the conformance suite is told of the plugin."""
