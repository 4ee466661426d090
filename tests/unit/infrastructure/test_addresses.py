from ipaddress import ip_address
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.infrastructure.addresses import NETWORK, free_addresses, listened_addresses


@given(st.text(max_size=30), st.sets(st.integers(0, 300)))
def test_free_addresses_are_loopback_and_not_taken(root: str, positions: set[int]) -> None:
    """All different, none that is taken, none that ends in 0 or 255, all of the network."""
    everything = list(islice(free_addresses(root, ()), 400))
    taken = {everything[position] for position in positions}
    found = list(islice(free_addresses(root, taken), 400 - len(taken)))
    assert found == [address for address in everything if address not in taken]
    assert len(set(found)) == len(found)
    assert all(ip_address(address) in NETWORK and address.split(".")[3] not in ("0", "255") for address in found)


def test_roots_begin_far_from_each_other() -> None:
    """Two roots know nothing of each other, and must not give the same address."""
    firsts = {next(free_addresses(f"/srv/root-{number}", ())) for number in range(100)}
    assert len(firsts) > 95


def test_the_addresses_listened_on_are_read_from_the_kernel() -> None:
    """Only sockets that listen, also IPv4 addresses bound through IPv6."""
    lines = [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
        "   0: 0100407F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0",
        "   1: 0200407F:1F90 0100407F:C000 01 00000000:00000000 00:00000000 00000000     0",
        "   2: 0000000000000000FFFF00000300407F:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0",
    ]
    assert listened_addresses(lines) == {"127.64.0.1", "127.64.0.3"}
