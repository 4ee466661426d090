"""How hosts are known to each other: the addresses that instances use among themselves. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address

from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.hookspec.access import Findings


def is_ip(text: str) -> bool:
    """Whether something is an IP address, and not a name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def names_to_know(hosts: Sequence[InventoryHost]) -> tuple[str, ...]:
    """The names by which hosts are to reach each other, where the inventory gives names."""
    given = {host.internal_address for host in hosts if host.internal_address}
    return tuple(sorted(name for name in given if not is_ip(name)))


def internal_ip(host: InventoryHost, found: Mapping[str, Findings]) -> str:
    """The address of a host that the others use; ``""`` when it cannot be told.

    Args:
        host: the host.
        found: what was found on it and on the others.
    """
    if is_ip(host.internal_address):
        return host.internal_address
    own = found[host.name].facts.addresses if host.name in found else ()
    if host.internal_address:
        # Not as it sees itself: its own name is often an address of the loopback there.
        answers = [found[other].addresses.get(host.internal_address, "") for other in found if other != host.name]
        known = [answer for answer in answers if answer and (answer in own or not own)]
        return next(iter(known), next(iter(own), ""))
    return host.address if is_ip(host.address) else next(iter(own), "")


def name_reasons(hosts: Sequence[InventoryHost], found: Mapping[str, Findings]) -> Iterator[tuple[InventoryHost, str]]:
    """The hosts that others do not know by the name they should, each with whom and why.

    Args:
        hosts: those of one cluster.
        found: what was found on those that answered.
    """
    for host in hosts:
        name = host.internal_address
        if not name or is_ip(name):
            continue
        own = found[host.name].facts.addresses if host.name in found else ()
        answers = {
            other.name: found[other.name].addresses.get(name, "")
            for other in hosts
            if other.name != host.name and other.name in found
        }
        if strangers := [other for other, answer in answers.items() if not answer]:
            yield host, f"{name!r} is no name that {', '.join(strangers)} know{'s' * (len(strangers) == 1)}"
        if wrong := [other for other, answer in answers.items() if answer and own and answer not in own]:
            told = ", ".join(f"{answers[other]} on {other}" for other in wrong)
            yield host, f"{name!r} is {told}, and the host has {', '.join(own)}"
