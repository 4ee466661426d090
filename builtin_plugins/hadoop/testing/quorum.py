"""ZooKeeper on hosts in memory, and the failover controllers that keep a place there."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.processes import FAILOVER_CONTROLLER, ZOOKEEPER_SERVER
from serai.builtin_plugins.hadoop.testing.reading import properties, written
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost

_SERVICE: Final = DAEMONS[ZOOKEEPER_SERVER].service
NO_QUORUM, NO_PLACE, IS_THERE = 6, 3, 2
"""Exit statuses of the failover controller, as in Hadoop's ``ZKFailoverController``."""


class Quorum:
    """The servers of ZooKeeper of a fleet.

    Args:
        fleet: the hosts.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._configs: dict[str, Mapping[str, str]] = {}
        fleet.begin(_SERVICE, self._begin)
        fleet.begin(DAEMONS[FAILOVER_CONTROLLER].service, self._begin_controller)
        fleet.serve(_SERVICE, self._answer, ports=self._ports)

    def serving(self, connection: str) -> list[FleetHost]:
        """The hosts of the servers that a client reaches and that have a quorum; none where there is none.

        Args:
            connection: ``ip:port`` of each, by commas.
        """
        there = {
            f"{host.address}:{self._configs[name]['clientPort']}": host
            for name, host in self._fleet.hosts.items()
            if name in self._configs and self._role(host)
        }
        return [there[each] for each in connection.split(",") if each in there]

    def make_place(self, found: Mapping[str, str]) -> int:
        """Make the failover controllers' place, by the properties of who wants it; an exit status."""
        if not (servers := self.serving(found.get("ha.zookeeper.quorum", ""))):
            return NO_QUORUM
        if self._has_place(servers, found):
            return IS_THERE
        for host in servers:
            host.files[self._place(host, found)] = written("")
        return 0

    def _has_place(self, servers: Sequence[FleetHost], found: Mapping[str, str]) -> bool:
        return any(self._place(host, found) in host.files for host in servers)

    def _place(self, host: FleetHost, found: Mapping[str, str]) -> str:
        return f"{self._configs[host.name]['dataDir']}/version-2/hadoop-ha/{found.get('dfs.nameservices')}"

    def _begin(self, host: FleetHost, service: Service) -> str:
        file = host.files.get(service.argv[-1])
        if file is None:
            return f"Error processing {service.argv[-1]}"
        config = dict(line.split("=", 1) for line in file.content.decode().splitlines())
        number = host.files.get(f"{config['dataDir']}/myid")
        if number is None:
            return f"{config['dataDir']}/myid file is missing"
        if f"server.{number.content.decode().strip()}" not in config:
            return f"My id {number.content.decode().strip()} not in the peer list"
        self._configs[host.name] = {**config, "id": number.content.decode().strip()}
        return ""

    def _begin_controller(self, host: FleetHost, service: Service) -> str:
        found = properties(host, service.argv)
        servers = self.serving(found.get("ha.zookeeper.quorum", ""))
        if not servers:
            return f"Unable to start failover controller. Unable to connect to ZooKeeper quorum ({NO_QUORUM})"
        if not self._has_place(servers, found):
            return f"Unable to start failover controller. Parent znode does not exist ({NO_PLACE})"
        return ""

    def _role(self, host: FleetHost) -> str:
        """What a server takes part as; ``""`` where it does not."""
        config = self._configs[host.name]
        if not host.processes.status(_SERVICE).is_running:
            return ""
        addresses = {each.address: each for each in self._fleet.hosts.values()}
        peers = {name.partition(".")[2]: value.split(":")[0] for name, value in config.items() if name[:7] == "server."}
        if len(peers) == 1:
            return "standalone"
        up = [
            int(number)
            for number, address in peers.items()
            if (peer := addresses.get(address)) and peer.processes.status(_SERVICE).is_running
        ]
        if 2 * len(up) <= len(peers):
            return ""
        return "leader" if int(config["id"]) == max(up) else "follower"

    def _answer(self, host: FleetHost, service: Service, asked: Asked) -> str:
        role = self._role(host)
        error = None if role else "This ZooKeeper instance is not currently serving requests"
        known: dict[str, Any] = {"command": "srvr", "error": error}
        is_asked = urlsplit(asked.argv[1]).path == "/commands/srvr"
        return json.dumps({**known, "server_stats": {"server_state": role}} if role and is_asked else known)

    def _ports(self, host: FleetHost, service: Service) -> list[int]:
        """Those of its pages, of its leader, and of elections."""
        config = self._configs[host.name]
        _, peer, election = config[f"server.{config['id']}"].split(":")
        return [int(config["admin.serverPort"]), int(peer), int(election)]
