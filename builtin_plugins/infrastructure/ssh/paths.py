"""Where a cluster's files are on its hosts."""

from collections.abc import Iterable
from typing import Final

from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.hookspec.facts import Facts

_OF_ROOT: Final = "/opt/serai"
_OF_OTHERS: Final = "~/.serai"
_ON_VOLUMES: Final = "serai"


def base_of(host: InventoryHost, facts: Facts) -> str:
    """The directory that clusters have theirs in on a host; perhaps below ``~/``."""
    return host.prefix or (_OF_ROOT if facts.is_root else _OF_OTHERS)


def needs_home(base: str) -> bool:
    """Whether a directory is below the login's home."""
    return base.startswith("~/")


def volume_bases(host: InventoryHost) -> tuple[str, ...]:
    """The same on each of its data disks."""
    return tuple(f"{volume}/{_ON_VOLUMES}" for volume in host.volumes)


def possible_bases(hosts: Iterable[InventoryHost]) -> tuple[str, ...]:
    """All such directories of some hosts, before their logins are known."""
    own = [path for host in hosts for path in (host.prefix, *volume_bases(host)) if path]
    return tuple(dict.fromkeys((_OF_ROOT, _OF_OTHERS, *own)))


def cluster_directories(host: InventoryHost, facts: Facts, cluster: str) -> tuple[str, tuple[str, ...]]:
    """A cluster's prefix on a host, and its directories on the host's data disks.

    Nothing but the cluster is ever in them, so that they can be removed as a whole.

    Args:
        host: the host.
        facts: what was found there: the login and its home.
        cluster: the cluster's name.
    """
    base = base_of(host, facts)
    own = f"{facts.home.rstrip('/')}{base[1:]}" if needs_home(base) else base
    return f"{own}/{cluster}", tuple(f"{volume}/{cluster}" for volume in volume_bases(host))
