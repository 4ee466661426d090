"""Pantry in memory: what hosts answer when the plugin is tested without machines."""

import json
from urllib.parse import urlsplit

from serai.hookspec.remote import CompletedCommand
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, VirtualClock, said


def pantry_fleet() -> Fleet:
    """Hosts in memory whose keeper, once started, lists the shelves that run."""
    fleet = Fleet(clock=VirtualClock())

    def answer(host: FleetHost, asked: Asked) -> CompletedCommand:
        running = {
            f"{each.address}:{port}": process
            for each in fleet.hosts.values()
            for port, process in each.processes.listeners.items()
        }
        url = urlsplit(asked.argv[1])
        if running.get(url.netloc) != "keeper":
            return said(status=1, stderr="connection refused")
        drained = json.loads(asked.stdin or "[]")
        listed = drained if url.path == "/drain" else [each for each, process in running.items() if process == "shelf"]
        return said(json.dumps(dict.fromkeys(listed, 0)))

    fleet.answer(lambda asked: asked.argv[0] in ("GET", "POST"), answer)
    return fleet
