"""Hosts, as they are shown."""

from collections.abc import Sequence

from serai.engine.cli.blocks import Table
from serai.hookspec.infrastructure import Host

_COLUMNS = ("name", "address", "rack", "tags", "cpus", "memory", "java", "cluster", "note")


def listing(hosts: Sequence[Host]) -> Table:
    """All hosts of a stock, one a row: what they are like, and who has them or why they cannot be had."""
    return Table(_COLUMNS, [_row(host) for host in hosts], empty="no hosts")


def _row(host: Host) -> tuple[str, ...]:
    return (
        host.name,
        host.address,
        host.rack,
        ", ".join(host.tags),
        *_abilities(host),
        "" if host.claim is None else host.claim.cluster_name,
        host.note,
    )


def _abilities(host: Host) -> tuple[str, str, str]:
    """Processors, memory and Java; nothing of a host that did not answer."""
    if host.facts is None:
        return "", "", ""
    java = host.facts.java
    return str(host.facts.cpus), f"{host.facts.memory_mb / 1024:.1f} GiB", java.version if java else "none"
