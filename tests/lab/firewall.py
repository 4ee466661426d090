"""The firewall of a host: what it lets in, and what it did not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from attrs import frozen

from lab.enclosure import NET, Enclosure

Ports = Iterable[int | range]
"""TCP ports and ranges of them."""

_TABLE = ["inet", "firewall"]
_CLEAR = "table inet firewall\ndelete table inet firewall\n"


@frozen
class Dropped:
    """Packets that were to open a connection, and were dropped.

    Attributes:
        source: who sent them: a host's name, or an address where it is of none.
        protocol: ``tcp`` or ``udp``.
        port: where they were to go.
        packets: how many.
    """

    source: str
    protocol: str
    port: int
    packets: int


def ruleset(controller: str, ssh: int, outside: Ports, inside: Ports, peers: Iterable[str]) -> str:
    """The firewall as ``nft`` reads it. It closes all but:

    ssh from the controller, answers, the host's own traffic with itself, and echo requests.

    Args:
        controller: its address.
        ssh: the port of sshd.
        outside: ports open to everybody.
        inside: ports open to the peers.
        peers: their addresses.
    """
    rules = [
        'iifname "lo" accept',
        "ct state established,related accept",
        "meta l4proto { icmp, ipv6-icmp } accept",
        f"ip saddr {controller} tcp dport {ssh} accept",
        *_opened("", outside),
        *_opened(f"ip saddr {{ {', '.join(peers)} }} ", inside),
        "ct state new add @dropped { ip saddr . ip protocol . th dport counter }",
    ]
    chain = "\n".join(f"        {rule}" for rule in rules)
    return f"""{_CLEAR}
table inet firewall {{
    set dropped {{
        type ipv4_addr . inet_proto . inet_service
        flags dynamic
        size 65535
        counter
    }}
    chain incoming {{
        type filter hook input priority 0; policy drop;
{chain}
    }}
}}
"""


def dropped(listing: str, names: Mapping[str, str]) -> list[Dropped]:
    """What was dropped, as ``nft -j list set`` tells it.

    Args:
        listing: its output.
        names: of hosts, by their addresses.
    """
    sets = [each["set"] for each in json.loads(listing)["nftables"] if "set" in each]
    elements = [element["elem"] for each in sets for element in each.get("elem", ())]
    return [_dropped(element, names) for element in elements]


@frozen
class Firewall:
    """A firewall that is up.

    Attributes:
        enclosure: the host's namespaces.
        names: of hosts, by their addresses.
    """

    enclosure: Enclosure
    names: Mapping[str, str]

    def dropped(self) -> list[Dropped]:
        """What it has dropped of what was to open a connection: a test's way to tell which port was missing."""
        listed = self.enclosure.run(["nft", "-n", "-j", "list", "set", *_TABLE, "dropped"], only=NET)
        return dropped(listed.stdout, self.names)


@contextmanager
def up(enclosure: Enclosure, rules: str, names: Mapping[str, str]) -> Iterator[Firewall]:
    """Put a firewall up, in the place of another when there is one; there is none afterwards."""
    enclosure.run(["nft", "-f", "-"], only=NET, input=rules)
    try:
        yield Firewall(enclosure, names)
    finally:
        enclosure.run(["nft", "-f", "-"], only=NET, input=_CLEAR)


def _opened(source: str, ports: Ports) -> list[str]:
    spans = [f"{port.start}-{port.stop - 1}" if isinstance(port, range) else str(port) for port in ports]
    return [f"{source}tcp dport {span} accept" for span in spans]


def _dropped(element: Mapping[str, object], names: Mapping[str, str]) -> Dropped:
    value, counter = element["val"], element["counter"]
    assert isinstance(value, dict)
    assert isinstance(counter, dict)
    source, protocol, port = value["concat"]
    return Dropped(names.get(source, source), _PROTOCOLS.get(protocol, str(protocol)), int(port), counter["packets"])


_PROTOCOLS = {6: "tcp", 17: "udp"}
