"""How the kernel writes down that something listens: the keys to look for in ``/proc/net/tcp`` and ``tcp6``."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from serai.hookspec.services import Listening


def listening_keys(probe: Listening) -> tuple[str, ...]:
    """What the local address of a listening socket may look like for the probe to hold.

    An address also counts as listened on when all addresses are.

    Returns:
        ``ADDRESS:PORT`` in the kernel's hexadecimal; ``*:PORT`` when any address will do.

    Raises:
        ValueError: the address is no IP address, or the port cannot be one.
    """
    if not 0 < probe.port < 65536:
        raise ValueError(f"not a TCP port: {probe.port}")
    port = f"{probe.port:04X}"
    if not probe.address:
        return (f"*:{port}",)
    address = ip_address(probe.address)
    packed = [b"\0" * 4, b"\0" * 16, address.packed]
    if isinstance(address, IPv4Address):
        # Java binds IPv4 addresses through IPv6 sockets.
        packed += [IPv6Address(f"::ffff:{address}").packed, IPv6Address("::ffff:0.0.0.0").packed]
    return tuple(dict.fromkeys(f"{word}:{port}" for data in packed for word in _words(data)))


def _words(packed: bytes) -> tuple[str, str]:
    """The kernel prints 32-bit words in the order of its processor: both are given, for either kind."""
    words = [packed[index : index + 4] for index in range(0, len(packed), 4)]
    little = "".join(word[::-1].hex() for word in words)
    return little.upper(), packed.hex().upper()
