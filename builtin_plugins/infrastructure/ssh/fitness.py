"""Whether a host is good for a node group: every reason why not. Pure."""

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.options import Requirements
from serai.builtin_plugins.infrastructure.ssh.paths import base_of, needs_home, volume_bases
from serai.hookspec.access import Findings
from serai.hookspec.sequences import strings


def _ports(items: Sequence[int]) -> tuple[int, ...]:
    return tuple(items)


@frozen
class Wish:
    """What a node group wants of each of its hosts.

    Attributes:
        tags: tags it must have.
        flavor: what kind it must be, as its flavor or one of its tags says; ``""`` for any.
        require: the least it must have.
        ports: ports that must be free.
        root: whether something is to be done there as root.
        max_clock_skew: as far as its clock may be from the engine's, in seconds.
    """

    tags: tuple[str, ...] = field(default=(), converter=strings)
    flavor: str = ""
    require: Requirements = Requirements()
    ports: tuple[int, ...] = field(default=(), converter=_ports)
    root: bool = False
    max_clock_skew: float = 5.0


def label_reasons(wish: Wish, host: InventoryHost) -> Iterator[str]:
    """Why a host is not good for a group by what the inventory says of it."""
    lacking = [tag for tag in wish.tags if tag not in host.tags]
    if lacking:
        yield f"has no tag {', '.join(lacking)}"
    if wish.flavor and wish.flavor != host.flavor and wish.flavor not in host.tags:
        yield f"is no {wish.flavor}"


def found_reasons(wish: Wish, host: InventoryHost, findings: Findings) -> Iterator[str]:
    """Why a host is not good for a group by what was found there."""
    facts, least = findings.facts, wish.require
    if facts.memory_mb < least.memory_mb:
        yield f"has {facts.memory_mb} MiB of memory, {least.memory_mb} are required"
    if facts.cpus < least.cpus:
        yield f"has {facts.cpus} processors, {least.cpus} are required"
    yield from _disk_reasons(host, findings, least.disk_mb)
    taken = sorted(set(wish.ports) & set(findings.ports_taken))
    if taken:
        yield f"something listens on port {', '.join(map(str, taken))} already"
    if abs(findings.clock_skew) > wish.max_clock_skew:
        way = "ahead" if findings.clock_skew > 0 else "behind"
        yield f"its clock is {abs(findings.clock_skew):.1f} s {way}, at most {wish.max_clock_skew:g} s are allowed"
    if wish.root and findings.root_refused:
        yield f"its login cannot be root: {findings.root_refused}"


def _disk_reasons(host: InventoryHost, findings: Findings, least: int) -> Iterator[str]:
    base = base_of(host, findings.facts)
    if needs_home(base) and not findings.facts.home:
        yield "its login has no home directory, and the inventory gives no prefix"
        return
    for path in (base, *volume_bases(host)):
        place = findings.places.get(path)
        if place is None:
            yield f"{path} could not be looked at"
        elif not place.writable:
            yield f"{path} cannot be written to by {findings.facts.user or 'its login'}"
        elif place.disk.free_mb < least:
            yield f"has {place.disk.free_mb} MiB free in {path}, {least} are required"
    for volume, path in zip(host.volumes, volume_bases(host), strict=True):
        if path in findings.places and findings.places[path].disk.path != volume:
            yield f"{volume} is not mounted"
