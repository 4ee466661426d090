"""The firewall of a host blocks, opens, and tells what it blocked."""

import subprocess
import sys

import pytest

from lab.asking import connects, listening, told
from lab.enclosure import NET
from lab.firewall import Dropped, dropped
from lab.network import Lab

CONNECT = "import socket; socket.create_connection(({!r}, {}), 0.5).close()"


def controller_connects(lab: Lab, port: int) -> bool:
    """Whether this machine gets a TCP connection to the first host."""
    argv = [sys.executable, "-c", CONNECT.format(lab.hosts[0].address, port)]
    return subprocess.run(argv, capture_output=True, timeout=10, check=False).returncode == 0


@pytest.mark.parametrize("port", [8080, 7077])
def test_what_is_not_opened_is_dropped_and_told(lab: Lab, port: int) -> None:
    host, other, *_ = lab.hosts
    with listening(host, port):
        assert controller_connects(lab, port)
        with host.firewall() as wall:
            assert wall.dropped() == []
            assert not controller_connects(lab, port)
            assert not connects(other, host.address, port, 0.5)
            found = {(each.source, each.protocol, each.port) for each in wall.dropped()}
            assert found == {("controller", "tcp", port), (other.name, "tcp", port)}
            assert all(each.packets >= 1 for each in wall.dropped())
        assert controller_connects(lab, port)


def test_ssh_stays_open_to_the_controller_and_to_nobody_else(lab: Lab) -> None:
    host, other, *_ = lab.hosts
    with host.firewall() as wall:
        assert told(lab, host, "hostname") == host.name
        assert not connects(other, host.address, 22, 0.5)
        assert [(each.source, each.port) for each in wall.dropped()] == [(other.name, 22)]


def test_a_host_behind_its_firewall_reaches_out_and_itself(lab: Lab) -> None:
    host, other, *_ = lab.hosts
    with listening(host, 8081), host.firewall() as wall:
        assert connects(host, other.address, 22)
        assert connects(host, host.address, 8081)
        assert connects(host, "127.0.0.1", 8081)
        assert wall.dropped() == []


def test_a_port_open_outside_is_open_to_everybody(lab: Lab) -> None:
    host, other, *_ = lab.hosts
    with listening(host, 8080), host.firewall(outside=[9000, 8080]) as wall:
        assert controller_connects(lab, 8080)
        assert connects(other, host.address, 8080)
        assert wall.dropped() == []


def test_a_port_open_inside_is_open_to_hosts_alone(lab: Lab) -> None:
    host, other, *_ = lab.hosts
    with listening(host, 7077), host.firewall(inside=[range(7000, 7078)]):
        assert connects(other, host.address, 7077)
        assert not controller_connects(lab, 7077)


def test_a_port_open_inside_can_be_open_to_some_hosts(lab: Lab) -> None:
    host, other, stranger, *_ = lab.hosts
    with listening(host, 7077), host.firewall(inside=[7077], among=[other]) as wall:
        assert connects(other, host.address, 7077)
        assert not connects(stranger, host.address, 7077, 0.5)
        assert [each.source for each in wall.dropped()] == [stranger.name]


def test_a_datagram_is_told_as_well(lab: Lab) -> None:
    host, other, *_ = lab.hosts
    send = f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ({host.address!r}, 514))"
    with host.firewall() as wall:
        other.enclosure.run([sys.executable, "-c", send], only=NET)
        assert wall.dropped() == [Dropped(other.name, "udp", 514, 1)]


def test_a_listing_without_elements_is_empty() -> None:
    assert dropped('{"nftables": [{"metainfo": {}}, {"set": {"name": "dropped"}}]}', {}) == []
